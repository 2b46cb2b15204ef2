// SQLite without a compiler: Node's own, or libsql where Node has none. Nothing is made by reading:
// the file and the table are made when the first session is stored.
import { MadeTable, SqliteStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers, hasMethods } from '../foreign-object.js';
import { sqliteClass } from '../optional-packages/sqlite-class.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import { inWriteTransaction, type StatementDatabase } from '../store-access/sqlite-database.js';
import { sqliteUrlParts } from '../store-url.js';
import type { ResolvedOpenOptions } from './open-options.js';

interface OpenedDatabase extends StatementDatabase {
  close(): unknown;
}

/** How long SQLite itself waits for a lock, in milliseconds: nothing else runs in that time. */
const busyTimeout = 20;

/** Whether `value` is a database of `node:sqlite`, `better-sqlite3` or `libsql`. */
export function isSqliteDatabase(value: unknown): value is StatementDatabase {
  return hasMethods(value, 'prepare', 'exec');
}

/** @param target A URL, or the app's own database, which is not closed. */
export function openSqlite(
  target: string | StatementDatabase,
  { table }: ResolvedOpenOptions,
): SqliteStore {
  const path = typeof target === 'string' ? sqlitePath(target) : undefined;
  const runner =
    typeof target === 'string' ? new FileRunner(sqlitePath(target)) : new DatabaseRunner(target);
  const name = `"${table}"`;
  const create = `CREATE TABLE IF NOT EXISTS ${name} (key VARCHAR(255) PRIMARY KEY, value TEXT)`;
  const place = path === undefined || path === memory ? 'the database' : `the file ${path}`;
  const made = new MadeTable(`table ${table} in ${place}`, () => runner.make(create));
  return new SqliteStore(runner, name, made);
}

const memory = ':memory:';

/** The path in `sqlite:path` or `sqlite://path`; an absolute one has a third slash. */
function sqlitePath(url: string): string {
  const { path: address, query } = sqliteUrlParts(url);
  const parameters = new URLSearchParams(query);
  const isMemory = parameters.get('mode') === 'memory' || address === memory;
  parameters.delete('mode');
  if (query !== '' && (!isMemory || parameters.size > 0)) {
    throw new OptionInvalidError(
      'The query of an sqlite: URL may hold deadline, prefix, table and mode=memory.',
    );
  }
  if (isMemory) return memory;
  if (address === '') {
    throw new OptionInvalidError(
      'The URL of an SQLite store names a file, such as sqlite:sessions.db, or is sqlite::memory:.',
    );
  }
  assertFolder(address);
  return address;
}

function assertFolder(path: string): void {
  const folder = path.replace(/[^/\\]*$/, '') || '.';
  const exists = nodeBuiltin('node:fs')?.existsSync(folder) ?? true;
  if (exists) return;
  throw new OptionInvalidError(
    `There is no folder for the SQLite file ${path}. Make it first, or correct the path.`,
  );
}

/** Runs statements on the app's own database. */
class DatabaseRunner implements SqlRunner {
  readonly #database: StatementDatabase;

  constructor(database: StatementDatabase) {
    this.#database = database;
  }

  async query(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]> {
    return run(this.#database, sql, values);
  }

  async make(create: string): Promise<void> {
    this.#database.exec(create);
  }
}

/** Opens a file, or memory, when it is needed. */
class FileRunner implements SqlRunner {
  readonly #path: string;
  #database: OpenedDatabase | undefined;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  async query(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]> {
    const isThere = this.#database !== undefined || this.#exists();
    if (!isThere) {
      // The first call says that a driver is missing, also where there is nothing to read yet.
      await sqliteClass();
      throw new Error('no such table: there is no file');
    }
    return run(this.#database ?? (await this.#open()), sql, values);
  }

  /** Makes the file and the table. */
  async make(create: string): Promise<void> {
    const database = this.#database ?? (await this.#open());
    // With write-ahead logging readers and the writer do not lock each other out.
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(create);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#database?.close();
    this.#database = undefined;
  }

  #exists(): boolean {
    return this.#path !== memory && nodeBuiltin('node:fs')?.existsSync(this.#path) !== false;
  }

  async #open(): Promise<OpenedDatabase> {
    const Database = await sqliteClass();
    if (this.#isClosed) throw new Error('The session store was disconnected.');
    // Another caller may have opened it in the meantime.
    if (this.#database !== undefined) return this.#database;
    const database = Reflect.construct(Database, [this.#path]) as OpenedDatabase;
    try {
      database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
      // With a write-ahead log a commit need not wait for the disk: after a power failure the latest
      // writes may be missing, but never ones before them. Waiting starves writers that contend.
      database.exec('PRAGMA synchronous = NORMAL');
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    return database;
  }
}

function run(
  database: StatementDatabase,
  sql: string,
  values: readonly unknown[],
): readonly SqlRow[] {
  const all = () => database.prepare(sql).all(...values);
  const rows = /^\s*SELECT/i.test(sql) ? all() : inWriteTransaction(database, all);
  return Array.isArray(rows) ? rows.filter(hasMembers) : [];
}
