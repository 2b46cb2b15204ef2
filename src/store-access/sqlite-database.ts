// An SQLite database of `node:sqlite`, `better-sqlite3` or `libsql`.

/** What these drivers have in common. */
export interface StatementDatabase {
  prepare(sql: string): {
    // biome-ignore lint/suspicious/noExplicitAny: each driver has its own type for a parameter
    all(...values: any[]): unknown;
    /** Of `node:sqlite`, from the release on that can answer with arrays. */
    setReturnArrays?(isOn: boolean): unknown;
  };
  exec(sql: string): unknown;
  /** Whether a transaction is open. `node:sqlite` lacks it. */
  readonly inTransaction?: boolean;
}

/** Runs a statement, whose rows are objects, whatever the database has been told. */
export function rowsOf(
  database: StatementDatabase,
  sql: string,
  values: readonly unknown[],
): unknown {
  const statement = database.prepare(sql);
  statement.setReturnArrays?.(false);
  // libsql and better-sqlite3 take bytes that come first for named parameters; node:sqlite takes no array.
  return database.inTransaction === undefined ? statement.all(...values) : statement.all(values);
}

/**
 * Takes the lock before the statement that needs it. libsql leaves a statement open that found the
 * database locked: until it is collected, nothing that the connection writes is committed, and
 * nobody else can write. What `exec` runs is never left open.
 *
 * In a transaction of the app's own it fails, as where the database is locked: the app may yet take back all
 * that was written there.
 */
export function inWriteTransaction<T>(database: StatementDatabase, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Without it, all that the connection writes later would be part of the transaction that failed. */
function rollBack(database: StatementDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has done so itself. The first error says why.
  }
}
