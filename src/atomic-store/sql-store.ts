// What the stores on SQL databases have in common. The table is that of Keyv's adapters, which has the
// columns `key` and `value`.
import type { CatalogWarning } from '../session-catalog.js';
import type { Send } from '../store-access/index.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import {
  type AtomicStore,
  type Page,
  pageSize,
  type ReadAndTaken,
  type Swap,
} from './atomic-store.js';
import type { MadeTable } from './made-table.js';

/** How one SQL dialect writes what they do not write alike. */
export interface SqlDialect {
  /** The column `key`. */
  readonly key: string;
  /** The parameter at `position`, from 1. */
  parameter(position: number): string;
  /** Whether one text starts with another. */
  startsWith(text: string, start: string): string;
}

export abstract class SqlStore implements AtomicStore {
  readonly atomic = true;
  protected abstract readonly dialect: SqlDialect;
  /** The table as it is written in SQL. */
  protected readonly name: string;
  readonly #runner: SqlRunner;
  readonly #table: MadeTable;

  constructor(runner: SqlRunner, name: string, table: MadeTable) {
    this.#runner = runner;
    this.name = name;
    this.#table = table;
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    return (await this.getMany([key], signal))[0];
  }

  abstract getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]>;
  abstract compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean>;
  abstract readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken>;

  /** The next rows in the order of the keys: no OFFSET, which skips after a deletion. */
  async page(prefix: string, cursor: unknown, signal: AbortSignal): Promise<Page> {
    const { key, parameter, startsWith } = this.dialect;
    // No empty text in place of a cursor: MariaDB may take that for NULL (EMPTY_STRING_IS_NULL).
    const [isAfter, values] =
      cursor === undefined ? ['', [prefix]] : [` AND ${key} > ${parameter(2)}`, [prefix, cursor]];
    const sql = `SELECT ${key}, value FROM ${this.name} WHERE ${startsWith(key, parameter(1))}${isAfter} ORDER BY ${key} LIMIT ${pageSize}`;
    const rows = await this.read(sql, values, signal);
    const last = rows.length < pageSize ? undefined : rows.at(-1)?.key;
    return { values: rows.map(({ value }) => String(value)), next: last };
  }

  async estimate(prefix: string, signal: AbortSignal): Promise<number> {
    const { key, parameter, startsWith } = this.dialect;
    const sql = `SELECT COUNT(*) AS count FROM ${this.name} WHERE ${startsWith(key, parameter(1))}`;
    const [row] = await this.read(sql, [prefix], signal);
    return Number(row?.count ?? 0);
  }

  findings(signal: AbortSignal): Promise<CatalogWarning[]> {
    const sql = `SELECT 1 FROM ${this.name} LIMIT 0`;
    return this.#table.findings(() => this.#runner.query(sql, [], signal));
  }

  async close(): Promise<void> {
    await this.#runner.close?.();
  }

  /** Runs a statement that makes no table. */
  protected read(
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    return this.#table.read(() => this.#runner.query(sql, values, signal), []);
  }

  /** Runs a statement that needs the table, after making it if there is none. */
  protected write(
    sql: string,
    values: readonly unknown[],
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    return this.#table.write(() => this.#runner.query(sql, values, signal), signal);
  }
}

/** The values of `keys`, in order, from rows that come in any order. */
export function valuesInOrder(
  keys: readonly string[],
  rows: readonly SqlRow[],
): (string | undefined)[] {
  const values = new Map(rows.map(({ key, value }) => [key, String(value)]));
  return keys.map((key) => values.get(key));
}

/**
 * The values of `keys`, in order, where one statement takes so many only.
 *
 * @param rows Runs the statement for some of the keys.
 */
export async function valuesInBatches(
  keys: readonly string[],
  size: number,
  rows: (batch: readonly string[]) => Promise<readonly SqlRow[]>,
): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = [];
  for (let start = 0; start < keys.length; start += size) {
    const batch = keys.slice(start, start + size);
    values.push(...valuesInOrder(batch, await rows(batch)));
  }
  return values;
}
