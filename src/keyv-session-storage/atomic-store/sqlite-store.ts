// Compare-and-swap on SQLite, through the query method of `@keyv/sqlite` and of our own adapter.
import { hasMembers, hasMethods, type Members, sqlSettings } from '../keyv-like.js';
import {
  type AtomicStore,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';
import { pageQuery, type SqlDialect, swapQuery, valuesInOrder } from './sql-statements.js';

interface SqliteAdapter extends Members {
  query(sql: string, ...values: unknown[]): Promise<unknown>;
}

const dialect: SqlDialect = {
  parameter: () => '?',
  startsWith: (column, parameter) => `instr(${column}, ${parameter}) = 1`,
};

/** Fewer than the 999 parameters that every SQLite accepts. */
const batchSize = 500;

/** Rows read at once when all are read. */
const pageSize = 500;

/** Whether `adapter` is the SQLite adapter of Keyv, of any release, or our own. */
export function isSqliteAdapter(adapter: Members): adapter is SqliteAdapter {
  const { dialect, uri } = sqlSettings(adapter);
  return (
    (dialect === 'sqlite' || String(uri).startsWith('sqlite:')) && hasMethods(adapter, 'query')
  );
}

export class SqliteStore implements AtomicStore {
  readonly atomic = true;
  readonly #adapter: SqliteAdapter;
  readonly #table: string;

  constructor(adapter: SqliteAdapter) {
    this.#adapter = adapter;
    this.#table = String(sqlSettings(adapter).table ?? 'keyv');
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    const sql = `SELECT key, value FROM ${this.#table} WHERE key = ?`;
    const rows = await this.#query(sql, [key], signal);
    return rows[0]?.value;
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return this.#inBatches(keys, signal, (list) => {
      return `SELECT key, value FROM ${this.#table} WHERE key IN (${list})`;
    });
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    const [sql, values] = swapQuery(this.#table, dialect, swap);
    const rows = await this.#query(sql, values, signal);
    return rows.length > 0;
  }

  compareAndSwapInTurn(first: Swap, second: Swap, signal: AbortSignal): Promise<SwapsMade> {
    return swapInTurn(this, first, second, signal);
  }

  async *valuesUnder(prefix: string): AsyncGenerator<string[], void> {
    for (let last: string | undefined = ''; last !== undefined; ) {
      const rows: { key: string; value: string }[] = await this.#query(
        ...pageQuery(this.#table, dialect, prefix, last, pageSize),
        new AbortController().signal,
      );
      yield rows.map((row) => row.value);
      last = rows.at(-1)?.key;
    }
  }

  async readAndTake(
    key: string,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadAndTaken> {
    const read = await this.get(key, signal);
    const taken = await this.#inBatches(keys, signal, (list) => {
      return `DELETE FROM ${this.#table} WHERE key IN (${list}) RETURNING key, value`;
    });
    return { read, taken };
  }

  async #inBatches(keys: readonly string[], signal: AbortSignal, sql: (list: string) => string) {
    const values: (string | undefined)[] = [];
    for (let start = 0; start < keys.length; start += batchSize) {
      const batch = keys.slice(start, start + batchSize);
      const list = batch.map(() => '?').join(', ');
      values.push(...valuesInOrder(batch, await this.#query(sql(list), batch, signal)));
    }
    return values;
  }

  /** SQLite has one writer at a time: while another process holds the lock, wait for it. */
  async #query(sql: string, values: readonly string[], signal: AbortSignal) {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        return rowsOf(await this.#adapter.query(sql, ...values));
      } catch (error) {
        if (!isBusy(error)) throw error;
        const pause = Math.random() * Math.min(50, 2 ** attempt);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }
}

/** SQLITE_BUSY is 5, SQLITE_LOCKED is 6: https://sqlite.org/rescode.html */
function isBusy(error: unknown): boolean {
  if (!hasMembers(error)) return false;
  const { code, errcode, message } = error;
  return (
    [5, 6].includes(Number(errcode) & 0xff) ||
    /SQLITE_(BUSY|LOCKED)|database (table )?is locked/.test(`${code} ${message}`)
  );
}

function rowsOf(result: unknown): { key: string; value: string }[] {
  if (!Array.isArray(result)) throw new TypeError('SQLite did not answer with rows.');
  return result;
}
