// What @shopify/shopify-app-session-storage-sqlite uses of `sqlite3`, over `libsql`.
//
// `sqlite3` has to be compiled, which this repository never asks of anyone who installs it; libsql
// is the same SQLite, and comes compiled. So the storage is given this in place of `sqlite3`, and
// nothing else of it is replaced. It takes the same values and answers the same rows, and its errors
// have the same codes or more exact ones; but the process stands still while libsql works or waits
// for a lock.
//
// With the real one, checked by hand: version 8.0.0 of the storage on a compiled `sqlite3` 6.0.1,
// wrapped. Sessions were stored, loaded and found by shop, and re-encrypted back to plaintext.
import { createRequire, Module } from 'node:module';
import Libsql from 'libsql';

type Callback<Result> = (error: Error | null, result: Result) => void;

export class Database {
  readonly #database: Libsql.Database;

  constructor(file: string) {
    // As long as `sqlite3` waits for a lock, in milliseconds.
    this.#database = new Libsql(file, { timeout: 1_000 });
  }

  all(sql: string, values: readonly unknown[], callback: Callback<unknown[]>): void {
    run(() => this.#database.prepare(sql).all(values.map(bound)), callback);
  }

  exec(sql: string, callback: Callback<void>): void {
    run(() => void this.#database.exec(sql), callback);
  }

  close(callback: Callback<void> = () => {}): void {
    run(() => void this.#database.close(), callback);
  }
}

/** libsql ends the process when it is given a boolean. */
const bound = (value: unknown) => (typeof value === 'boolean' ? Number(value) : (value ?? null));

function run<Result>(work: () => Result, callback: Callback<Result>) {
  setImmediate(() => {
    let result: Result;
    try {
      result = work();
    } catch (error) {
      // Like `sqlite3`, with an error alone.
      return (callback as (error: unknown) => void)(error);
    }
    callback(null, result);
  });
}

const require = createRequire(import.meta.url);
const storage = require.resolve('@shopify/shopify-app-session-storage-sqlite');
const sqlite3 = createRequire(storage).resolve('sqlite3');
const replacement = new Module(sqlite3);
replacement.loaded = true;
replacement.exports = { Database };
require.cache[sqlite3] = replacement;

/** The official SQLite storage, unchanged. */
export const { SQLiteSessionStorage } = require(
  storage,
) as typeof import('@shopify/shopify-app-session-storage-sqlite');
