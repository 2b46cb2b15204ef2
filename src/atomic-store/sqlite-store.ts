// Compare-and-swap on SQLite.
import { pauseBeforeAttempt } from '../pause.js';
import { isSqliteBusy, NotSentError } from '../store-access/index.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import {
  type AtomicStore,
  type Page,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapEach,
  swapInTurn,
} from './atomic-store.js';
import type { MadeTable } from './made-table.js';
import { pageQuery, type SqlDialect, swapQuery, valuesInBatches } from './sql-statements.js';

const dialect: SqlDialect = {
  parameter: () => '?',
  startsWith: (column, parameter) => `instr(${column}, ${parameter}) = 1`,
};

/** Fewer than the 999 parameters that every SQLite accepts. */
const batchSize = 500;

/** Rows read at once when all are read. */
const pageSize = 500;

/** The longest pause before a locked database is asked again, in milliseconds. */
const longestPause = 50;

export class SqliteStore implements AtomicStore {
  readonly atomic = true;
  readonly #runner: SqlRunner;
  /** As it is written in SQL. */
  readonly #name: string;
  readonly #table: MadeTable;

  constructor(runner: SqlRunner, name: string, table: MadeTable) {
    this.#runner = runner;
    this.#name = name;
    this.#table = table;
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.getMany([key], signal))[0];
  }

  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return this.#inBatches(keys, signal, (list) => {
      return `SELECT key, value FROM ${this.#name} WHERE key IN (${list})`;
    });
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    const [sql, values] = swapQuery(this.#name, dialect, swap);
    const rows = await this.#table.write(() => this.#query(sql, values, signal), signal);
    return rows.length > 0;
  }

  compareAndSwapEach(swaps: readonly Swap[], signal: AbortSignal): Promise<boolean[]> {
    return swapEach(this, swaps, signal);
  }

  compareAndSwapInTurn(first: Swap, second: Swap, signal: AbortSignal): Promise<SwapsMade> {
    return swapInTurn(this, first, second, signal);
  }

  async readAndTake(
    key: string,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadAndTaken> {
    const read = await this.get(key, signal);
    const taken = await this.#inBatches(keys, signal, (list) => {
      return `DELETE FROM ${this.#name} WHERE key IN (${list}) RETURNING key, value`;
    });
    return { read, taken };
  }

  async page(prefix: string, cursor: unknown, signal: AbortSignal): Promise<Page> {
    const after = typeof cursor === 'string' ? cursor : '';
    const [sql, values] = pageQuery(this.#name, dialect, prefix, after, pageSize);
    const rows = await this.#read(sql, values, signal);
    const last = rows.length < pageSize ? undefined : rows.at(-1)?.key;
    return { values: rows.map((row) => String(row.value)), next: last };
  }

  async estimate(prefix: string, signal: AbortSignal): Promise<number> {
    const sql = `SELECT count(*) AS count FROM ${this.#name} WHERE instr(key, ?) = 1`;
    const [row] = await this.#read(sql, [prefix], signal);
    return Number(row?.count ?? 0);
  }

  findings(signal: AbortSignal): Promise<string[]> {
    return this.#table.findings(() =>
      this.#query(`SELECT 1 FROM ${this.#name} LIMIT 0`, [], signal),
    );
  }

  async close(): Promise<void> {
    await this.#runner.close?.();
  }

  #inBatches(keys: readonly string[], signal: AbortSignal, sql: (list: string) => string) {
    return valuesInBatches(keys, batchSize, (batch) =>
      this.#read(sql(batch.map(() => '?').join(', ')), batch, signal),
    );
  }

  #read(sql: string, values: readonly string[], signal: AbortSignal): Promise<readonly SqlRow[]> {
    return this.#table.read(() => this.#query(sql, values, signal), []);
  }

  /**
   * SQLite has one writer at a time: while another connection holds the lock, waits for it. Here and
   * not in `StoreCall.send`, which would begin again with batches that are done.
   */
  async #query(
    sql: string,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runner.query(sql, values, signal);
      } catch (error) {
        if (!isSqliteBusy(error)) throw error;
        await pauseBeforeAttempt(attempt, longestPause, signal);
        if (signal.aborted) throw new NotSentError('The database stayed locked.', { cause: error });
      }
    }
  }
}
