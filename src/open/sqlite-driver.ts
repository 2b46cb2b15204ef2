// SQLite without a compiler: Node's own, or libsql where Node has none. Nothing is made by reading:
// the file and the table are made when the first session is stored.
import { MadeTable, SqliteStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers, hasMethods } from '../foreign-object.js';
import { sqliteClass } from '../optional-packages/sqlite-class.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { NotSentError } from '../store-access/index.js';
import { LockTurns } from '../store-access/lock-turns.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import {
  inWriteTransaction,
  rowsOf,
  type StatementDatabase,
} from '../store-access/sqlite-database.js';
import { sqliteUrlParts } from '../store-url.js';
import type { ResolvedOpenOptions } from './open-options.js';

interface OpenedDatabase extends StatementDatabase {
  close(): unknown;
}

/** How long SQLite itself waits for a lock, in milliseconds: nothing else runs in that time. */
const busyTimeout = 20;

/** Whether `value` is a database of `node:sqlite`, `better-sqlite3` or `libsql`. */
export function isSqliteDatabase(value: unknown): value is StatementDatabase {
  return hasMethods(value, 'prepare', 'exec') && !hasMethods(value, 'all');
}

/** Whether `value` is a database of `sqlite3`, which answers to callbacks only. */
export function isCallbackDatabase(value: unknown): boolean {
  return hasMethods(value, 'prepare', 'exec', 'all');
}

/** @param target A URL, or the app's own database, which is not closed. */
export function openSqlite(
  target: string | StatementDatabase,
  { table }: ResolvedOpenOptions,
): SqliteStore {
  const place: Place =
    typeof target === 'string'
      ? new DatabaseFile(sqlitePath(target))
      : { shown: 'the database', open: () => target, make: () => target };
  const runner = new SqliteRunner(place);
  const name = `"${table}"`;
  const create = `CREATE TABLE IF NOT EXISTS ${name} (key VARCHAR(255) PRIMARY KEY, value TEXT)`;
  const description = `table ${table} in ${place.shown}`;
  const made = new MadeTable(description, (signal) => runner.make(create, signal));
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

/** Where the database is. */
interface Place {
  /** What messages call it. */
  readonly shown: string;
  /** To run a statement on. */
  open(): Promise<StatementDatabase> | StatementDatabase;
  /** To make a table in. */
  make(): Promise<StatementDatabase> | StatementDatabase;
  close?(): void;
}

class SqliteRunner implements SqlRunner {
  readonly #place: Place;
  // With write-ahead logging a lock keeps out only those that write.
  readonly #reads = new LockTurns(busyTimeout);
  readonly #writes = new LockTurns(busyTimeout);
  #isClosed = false;

  constructor(place: Place) {
    this.#place = place;
  }

  query(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly SqlRow[]> {
    const isRead = /^\s*SELECT/i.test(sql);
    return (isRead ? this.#reads : this.#writes).run(async () => {
      const database = await this.#opened(() => this.#place.open(), signal);
      const all = () => rowsOf(database, sql, values);
      const rows = isRead ? all() : inWriteTransaction(database, all);
      return Array.isArray(rows) ? rows.filter(hasMembers) : [];
    }, signal);
  }

  make(create: string, signal: AbortSignal): Promise<void> {
    return this.#writes.run(async () => {
      const database = await this.#opened(() => this.#place.make(), signal);
      inWriteTransaction(database, () => database.exec(create));
    }, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#place.close?.();
  }

  /** @throws NotSentError The storage was disconnected, or the time is up. */
  async #opened(open: Place['open'], signal: AbortSignal): Promise<StatementDatabase> {
    this.#assertNotClosed();
    const database = await open();
    // It may have been opened after all was closed.
    if (this.#isClosed) this.#place.close?.();
    this.#assertNotClosed();
    if (signal.aborted) throw new NotSentError('The database was not open in time.');
    return database;
  }

  #assertNotClosed(): void {
    if (this.#isClosed) throw new NotSentError('The session store was disconnected.');
  }
}

/** A file, or memory, that is opened when it is needed. */
class DatabaseFile implements Place {
  readonly shown: string;
  readonly #path: string;
  #database: OpenedDatabase | undefined;

  constructor(path: string) {
    this.shown = path === memory ? 'the database' : `the file ${path}`;
    this.#path = path;
  }

  async open(): Promise<StatementDatabase> {
    const isThere = this.#database !== undefined || this.#exists();
    if (!isThere) {
      // The first call says that a driver is missing, also where there is nothing to read yet.
      await sqliteClass();
      throw new Error('no such table: there is no file');
    }
    return this.#database ?? (await this.#open());
  }

  async make(): Promise<StatementDatabase> {
    const database = this.#database ?? (await this.#open());
    // With write-ahead logging readers and the writer do not lock each other out.
    database.exec('PRAGMA journal_mode = WAL');
    return database;
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #exists(): boolean {
    return this.#path !== memory && nodeBuiltin('node:fs')?.existsSync(this.#path) !== false;
  }

  async #open(): Promise<OpenedDatabase> {
    const Database = await sqliteClass();
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
