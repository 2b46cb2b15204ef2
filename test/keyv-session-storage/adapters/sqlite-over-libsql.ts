// @keyv/sqlite, unchanged, over libsql in place of `sqlite3`, which would have to be compiled.
import { createRequire, Module } from 'node:module';
import { Database } from '../../conformance/backends/sqlite3-over-libsql.js';

type Callback = (error: Error | null, result?: unknown) => void;

/** What @keyv/sqlite uses of `sqlite3`: it is told when it is open, and values follow one by one. */
class Sqlite3 {
  readonly #database: Database;

  constructor(file: string, opened: Callback) {
    this.#database = new Database(file);
    setImmediate(opened, null);
  }

  all(sql: string, ...rest: [...values: unknown[], callback: unknown]): void {
    const callback = rest.pop() as Callback;
    const [first] = rest;
    this.#database.all(sql, Array.isArray(first) ? first : rest, callback);
  }

  close(callback: Callback): void {
    this.#database.close(() => callback(null));
  }
}

const require = createRequire(import.meta.url);
const adapter = require.resolve('@keyv/sqlite');
const sqlite3 = createRequire(adapter).resolve('sqlite3');
const replacement = new Module(sqlite3);
replacement.loaded = true;
replacement.exports = { Database: Sqlite3, default: { Database: Sqlite3 } };
require.cache[sqlite3] = replacement;

export const { KeyvSqlite } = require(adapter) as typeof import('@keyv/sqlite');
