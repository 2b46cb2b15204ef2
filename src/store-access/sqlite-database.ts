// An SQLite database of `node:sqlite`, `better-sqlite3` or `libsql`.

/** What these drivers have in common. */
export interface StatementDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: each driver has its own type for a parameter
  prepare(sql: string): { all(...values: any[]): unknown };
  exec(sql: string): unknown;
  /** Whether a transaction is open. `node:sqlite` lacks it. */
  readonly inTransaction?: boolean;
}

/**
 * Takes the lock before the statement that needs it. libsql leaves a statement open that found the
 * database locked: until it is collected, nothing that the connection writes is committed, and
 * nobody else can write. What `exec` runs is never left open.
 */
export function inWriteTransaction<T>(database: StatementDatabase, work: () => T): T {
  // In a transaction of the app's own, the lock is the app's to take. node:sqlite needs none.
  if (database.inTransaction !== false) return work();
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
