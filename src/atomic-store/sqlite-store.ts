// Compare-and-swap on SQLite.
import type { CatalogWarning } from '../session-catalog.js';
import type { Send } from '../store-access/index.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import {
  type AtomicStore,
  type Page,
  pageSize,
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
    return valuesInBatches(keys, batchSize, (batch) => {
      const sql = `SELECT key, value FROM ${this.#name} WHERE key IN (${listOf(batch)})`;
      return this.#read(sql, batch, signal);
    });
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    const [sql, values] = swapQuery(this.#name, dialect, swap);
    const rows = await this.#table.write(() => this.#runner.query(sql, values, signal), signal);
    return rows.length > 0;
  }

  compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    return swapEach(this, swaps, send);
  }

  compareAndSwapInTurn(first: Swap, second: Swap, send: Send): Promise<SwapsMade> {
    return swapInTurn(this, first, second, send);
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    const read = await send((signal) => this.get(key, signal));
    const taken = await valuesInBatches(keys, batchSize, (batch) => {
      const sql = `DELETE FROM ${this.#name} WHERE key IN (${listOf(batch)}) RETURNING key, value`;
      return send((signal) => this.#read(sql, batch, signal), true);
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

  findings(signal: AbortSignal): Promise<CatalogWarning[]> {
    return this.#table.findings(() =>
      this.#runner.query(`SELECT 1 FROM ${this.#name} LIMIT 0`, [], signal),
    );
  }

  async close(): Promise<void> {
    await this.#runner.close?.();
  }

  #read(sql: string, values: readonly string[], signal: AbortSignal): Promise<readonly SqlRow[]> {
    return this.#table.read(() => this.#runner.query(sql, values, signal), []);
  }
}

/** A parameter for each. */
function listOf(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
