// Compare-and-swap on MySQL and MariaDB. Every statement is a transaction of its own: rows that are
// locked between two statements would stay locked for long when the network goes silent.

import { codeOf } from '../safe-cause.js';
import type { CatalogWarning } from '../session-catalog.js';
import type { Send } from '../store-access/index.js';
import type { SqlRow } from '../store-access/sql-runner.js';
import {
  type AtomicStore,
  type Page,
  pageSize,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';
import type { MadeTable } from './made-table.js';
import { valuesInBatches } from './sql-statements.js';

/** Runs one statement on a connection: the rows of a SELECT, or how many rows were changed. */
export type MysqlQuery = (
  sql: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly SqlRow[]; readonly affected: number }>;

/** Runs statements on MySQL. */
export interface MysqlRunner {
  /** Runs `work` on one connection. */
  use<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** Keys in one statement. */
const batchSize = 512;

const startsWith = (column: string) => `LEFT(${column}, CHAR_LENGTH(?)) = ?`;

export class MysqlStore implements AtomicStore {
  readonly atomic = true;
  readonly #runner: MysqlRunner;
  /** As it is written in SQL. */
  readonly #name: string;
  readonly #table: MadeTable;

  constructor(runner: MysqlRunner, name: string, table: MadeTable) {
    this.#runner = runner;
    this.#name = name;
    this.#table = table;
  }

  async get(key: string, signal: AbortSignal): Promise<string | undefined> {
    const [value] = await this.getMany([key], signal);
    return value;
  }

  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return valuesInBatches(keys, batchSize, (batch) =>
      this.#read((query) => this.#select(query, batch), signal),
    );
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    return this.#write((query) => this.#swap(query, swap), signal);
  }

  async compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    const made: boolean[] = [];
    for (let start = 0; start < swaps.length; start += batchSize) {
      made.push(...(await this.#swapEach(swaps.slice(start, start + batchSize), send)));
    }
    return made;
  }

  compareAndSwapInTurn(first: Swap, second: Swap, send: Send): Promise<SwapsMade> {
    return swapInTurn(this, first, second, send);
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    const read = await send((signal) => this.get(key, signal));
    const taken = new Map<string, string>();
    // What is stored again in between is seen, and taken, the next time.
    for (let left = keys; left.length > 0; ) {
      const asked = left;
      const values = await send((signal) => this.getMany(asked, signal));
      const found = left.flatMap((one, at) => {
        const value = values[at];
        return value === undefined ? [] : [{ key: one, expected: value, next: undefined }];
      });
      if (found.length === 0) break;
      for (const { key: one, expected } of found) taken.set(one, expected);
      const made = await this.compareAndSwapEach(found, send);
      left = found.filter((_, at) => made[at] === false).map((swap) => swap.key);
    }
    return { read, taken: keys.map((one) => taken.get(one)) };
  }

  async page(prefix: string, cursor: unknown, signal: AbortSignal): Promise<Page> {
    const after = typeof cursor === 'string' ? cursor : '';
    const sql = `SELECT \`key\`, value FROM ${this.#name} WHERE \`key\` > ? AND ${startsWith('`key`')} ORDER BY \`key\` LIMIT ${pageSize}`;
    const rows = await this.#read(
      async (query) => (await query(sql, [after, prefix, prefix])).rows,
      signal,
    );
    const last = rows.length < pageSize ? undefined : rows.at(-1)?.key;
    return { values: rows.map((row) => String(row.value)), next: last };
  }

  async estimate(prefix: string, signal: AbortSignal): Promise<number> {
    const sql = `SELECT COUNT(*) AS count FROM ${this.#name} WHERE ${startsWith('`key`')}`;
    const [row] = await this.#read(
      async (query) => (await query(sql, [prefix, prefix])).rows,
      signal,
    );
    return Number(row?.count ?? 0);
  }

  findings(signal: AbortSignal): Promise<CatalogWarning[]> {
    const sql = `SELECT 1 FROM ${this.#name} LIMIT 0`;
    return this.#table.findings(() => this.#runner.use((query) => query(sql, []), signal));
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  async #select(query: MysqlQuery, keys: readonly string[]) {
    if (keys.length === 0) return [];
    const values = padded(keys);
    const list = values.map(() => '?').join(', ');
    const sql = `SELECT \`key\`, value FROM ${this.#name} WHERE \`key\` IN (${list})`;
    return (await query(sql, values)).rows;
  }

  async #swap(query: MysqlQuery, { key, expected, next }: Swap): Promise<boolean> {
    if (expected !== undefined) {
      const where = `WHERE \`key\` = ? AND ${startsWith('value')}`;
      const { affected } =
        next === undefined
          ? await query(`DELETE FROM ${this.#name} ${where}`, [key, expected, expected])
          : await query(`UPDATE ${this.#name} SET value = ? ${where}`, [
              next,
              key,
              expected,
              expected,
            ]);
      return affected > 0;
    }
    if (next === undefined) return (await this.#select(query, [key])).length === 0;
    try {
      await query(`INSERT INTO ${this.#name} (\`key\`, value) VALUES (?, ?)`, [key, next]);
      return true;
    } catch (error) {
      // INSERT IGNORE would also ignore what does not fit.
      if (codeOf(error) === 'ER_DUP_ENTRY') return false;
      throw error;
    }
  }

  /** All changes in one statement for each kind, and a look at which were made if not all were. */
  async #swapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    const made = new Map<string, boolean>();
    const updates: Swap[] = [];
    const deletions: Swap[] = [];
    for (const swap of swaps) {
      if (swap.expected === undefined) {
        made.set(swap.key, await send((signal) => this.compareAndSwap(swap, signal), true));
      } else if (swap.next === undefined) deletions.push(swap);
      else updates.push(swap);
    }
    const run = async (kind: readonly Swap[], sql: (list: string) => string) => {
      if (kind.length === 0) return;
      const rows = padded(kind);
      const values = rows.flatMap(({ key, expected, next }) => [key, expected, next ?? '']);
      const list = rows.map((_, at) => (at === 0 ? namedRow : row)).join(' UNION ');
      const statement = sql(`(${list}) AS change_of`);
      const change = async (query: MysqlQuery) => (await query(statement, values)).affected;
      const affected = await send((signal) => this.#write(change, signal), true);
      if (affected === kind.length) {
        for (const { key } of kind) made.set(key, true);
        return;
      }
      const keys = kind.map(({ key }) => key);
      const stored = await send((signal) => this.getMany(keys, signal));
      for (const [at, { key, next }] of kind.entries()) made.set(key, stored[at] === next);
    };
    const stored = `${this.#name} AS stored`;
    await run(
      updates,
      (list) =>
        `UPDATE ${stored} JOIN ${list} ON ${isSameKey} SET stored.value = change_of.n WHERE ${isAsExpected}`,
    );
    await run(
      deletions,
      (list) => `DELETE stored FROM ${stored} JOIN ${list} ON ${isSameKey} WHERE ${isAsExpected}`,
    );
    return swaps.map(({ key }) => made.get(key) === true);
  }

  #read(
    work: (query: MysqlQuery) => Promise<readonly SqlRow[]>,
    signal: AbortSignal,
  ): Promise<readonly SqlRow[]> {
    return this.#table.read(() => this.#runner.use(work, signal), []);
  }

  #write<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#table.write(() => this.#runner.use(work, signal), signal);
  }
}

const isSameKey = 'stored.`key` = change_of.k';
const isAsExpected = 'LEFT(stored.value, CHAR_LENGTH(change_of.e)) = change_of.e';

/** A change as a row; an explicit collation, whatever that of the connection is. */
const text = 'CONVERT(? USING utf8mb4) COLLATE utf8mb4_bin';
const namedRow = `SELECT ${text} AS k, ${text} AS e, ${text} AS n`;
const row = `SELECT ${text}, ${text}, ${text}`;

/** Filled up to a power of two with the last one, so that few statements have to be prepared. */
function padded<T>(values: readonly T[]): T[] {
  const length = 2 ** Math.ceil(Math.log2(values.length));
  const last = values.at(-1);
  return last === undefined
    ? []
    : [...values, ...Array.from({ length: length - values.length }, () => last)];
}
