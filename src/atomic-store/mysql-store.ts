// Compare-and-swap on MySQL and MariaDB, which have no RETURNING and no partial updates in one
// statement: where several steps belong together they are one transaction.
import { codeOf } from '../safe-cause.js';
import type { SqlRow } from '../store-access/sql-runner.js';
import {
  type AtomicStore,
  type Page,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';
import type { MadeTable } from './made-table.js';
import { valuesInOrder } from './sql-statements.js';

/** Runs one statement on a connection: the rows of a SELECT, or how many rows were changed. */
export type MysqlQuery = (
  sql: string,
  values: readonly unknown[],
) => Promise<{ readonly rows: readonly SqlRow[]; readonly affected: number }>;

/** Runs statements on MySQL. */
export interface MysqlRunner {
  /** Runs `work` on one connection. */
  use<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** The same, in a transaction. */
  transaction<T>(work: (query: MysqlQuery) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** Rows read at once when all are read. */
const pageSize = 500;

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

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    const rows = await this.#read((query) => this.#select(query, keys), signal);
    return valuesInOrder(keys, rows);
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    return this.#write((query) => this.#swap(query, swap), signal);
  }

  async compareAndSwapEach(swaps: readonly Swap[], signal: AbortSignal): Promise<boolean[]> {
    const [first] = swaps;
    if (first === undefined) return [];
    if (swaps.length === 1) return [await this.compareAndSwap(first, signal)];
    return this.#table.write(
      () => this.#runner.transaction((query) => this.#swapEach(query, swaps), signal),
      signal,
    );
  }

  compareAndSwapInTurn(first: Swap, second: Swap, signal: AbortSignal): Promise<SwapsMade> {
    return swapInTurn(this, first, second, signal);
  }

  async readAndTake(
    key: string,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadAndTaken> {
    const take = async (query: MysqlQuery) => {
      // Read before anything is removed, and before the transaction takes its locks.
      const [read] = await this.#select(query, [key]);
      const taken = await this.#select(query, keys, ' ORDER BY `key` FOR UPDATE');
      if (taken.length > 0) {
        const found = taken.map((row) => row.key);
        await query(`DELETE FROM ${this.#name} WHERE \`key\` IN (${list(found)})`, found);
      }
      return {
        read: read === undefined ? undefined : String(read.value),
        taken: valuesInOrder(keys, taken),
      };
    };
    const none = { read: undefined, taken: keys.map(() => undefined) };
    return this.#table.read<ReadAndTaken>(() => this.#runner.transaction(take, signal), none);
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

  findings(signal: AbortSignal): Promise<string[]> {
    const sql = `SELECT 1 FROM ${this.#name} LIMIT 0`;
    return this.#table.findings(() => this.#runner.use((query) => query(sql, []), signal));
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  async #select(query: MysqlQuery, keys: readonly unknown[], suffix = '') {
    if (keys.length === 0) return [];
    const sql = `SELECT \`key\`, value FROM ${this.#name} WHERE \`key\` IN (${list(keys)})${suffix}`;
    return (await query(sql, keys)).rows;
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

  /** Locks all rows in the order of their keys, and then changes those that are as expected. */
  async #swapEach(query: MysqlQuery, swaps: readonly Swap[]): Promise<boolean[]> {
    const keys = swaps.map(({ key }) => key);
    const stored = valuesInOrder(
      keys,
      await this.#select(query, keys, ' ORDER BY `key` FOR UPDATE'),
    );
    const updates: string[] = [];
    const deletions: string[] = [];
    const made: boolean[] = [];
    for (const [at, swap] of swaps.entries()) {
      const { key, expected, next } = swap;
      if (expected === undefined) {
        made.push(await this.#swap(query, swap));
        continue;
      }
      const isAsExpected = stored[at]?.startsWith(expected) === true;
      made.push(isAsExpected);
      if (!isAsExpected) continue;
      if (next === undefined) deletions.push(key);
      else updates.push(key, next);
    }
    if (deletions.length > 0) {
      await query(`DELETE FROM ${this.#name} WHERE \`key\` IN (${list(deletions)})`, deletions);
    }
    if (updates.length > 0) {
      const rows = Array.from({ length: updates.length / 2 }, () => '(?, ?)').join(', ');
      // All of these rows are there and locked, so none is inserted.
      await query(
        `INSERT INTO ${this.#name} (\`key\`, value) VALUES ${rows} ON DUPLICATE KEY UPDATE value = VALUES(value)`,
        updates,
      );
    }
    return made;
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

function list(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
