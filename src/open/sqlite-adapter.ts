// A Keyv storage adapter over SQLite that needs no compiler: Node's own SQLite, or libsql where Node
// has none. Same table as `@keyv/sqlite`, so a database may be opened with either.
import { constructorFrom } from './optional-package.js';

/** What node:sqlite and libsql have in common. */
interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): { all(...values: string[]): unknown[] };
  close(): unknown;
}

type DatabaseClass = new (...values: never[]) => object;

interface Row {
  readonly value: string;
}

/** How long SQLite itself waits for another process's lock, in milliseconds. */
const busyTimeout = 250;

export class SqliteAdapter {
  readonly opts = { dialect: 'sqlite', table: 'keyv' };
  namespace: string | undefined;
  readonly #path: string;
  #database: Database | undefined;

  /** @param path A file, or `:memory:`. It is opened, and created if need be, at the first query. */
  constructor(path: string) {
    this.#path = path;
    sqliteClass();
  }

  /** Runs one statement that answers rows. */
  async query(sql: string, ...values: string[]): Promise<unknown[]> {
    this.#database ??= openDatabase(this.#path);
    return this.#database.prepare(sql).all(...values);
  }

  async get(key: string): Promise<string | undefined> {
    const rows = await this.query('SELECT value FROM keyv WHERE key = ?', key);
    return (rows[0] as Row | undefined)?.value;
  }

  async set(key: string, value: string): Promise<void> {
    await this.query(
      'INSERT INTO keyv (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value RETURNING key',
      key,
      value,
    );
  }

  async delete(key: string): Promise<boolean> {
    const rows = await this.query('DELETE FROM keyv WHERE key = ? RETURNING key', key);
    return rows.length > 0;
  }

  async clear(): Promise<void> {
    await this.query('DELETE FROM keyv RETURNING key');
  }

  async disconnect(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }

  /** Errors are thrown, never emitted; Keyv asks for the method. */
  on(): this {
    return this;
  }
}

function openDatabase(path: string): Database {
  const database = Reflect.construct(sqliteClass(), [path]) as Database;
  database.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
  // With write-ahead logging readers and the writer do not lock each other out.
  database.exec('PRAGMA journal_mode = WAL');
  // With that log a commit need not wait for the disk: after a power failure the latest writes may
  // be missing, but never ones before them. Waiting starves writers that contend for the lock.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE IF NOT EXISTS keyv (key VARCHAR(255) PRIMARY KEY, value TEXT)');
  return database;
}

function sqliteClass(): DatabaseClass {
  const nodeSqlite: unknown = process.getBuiltinModule('node:sqlite');
  return nodeSqlite === undefined
    ? constructorFrom('libsql', 'default')
    : (Reflect.get(nodeSqlite as object, 'DatabaseSync') as DatabaseClass);
}
