// Compare-and-swap on MySQL and MariaDB. Every statement is a transaction of its own: rows that are
// locked between two statements would stay locked for long when the network goes silent.

import { codeOf } from '../safe-cause.js';
import { type Send, withinLength } from '../store-access/index.js';
import { type ReadAndTaken, readAndTakeAsSeen, type Swap } from './atomic-store.js';
import { type SqlDialect, SqlStore, valuesInBatches } from './sql-store.js';

/** Keys in one statement. */
const batchSize = 512;

const dialect: SqlDialect = {
  key: '`key`',
  parameter: () => '?',
  startsWith: (text, start) => `LOCATE(${start}, ${text}) = 1`,
};

export class MysqlStore extends SqlStore {
  protected override readonly dialect = dialect;

  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return valuesInBatches(keys, batchSize, (batch) => {
      const values = padded(batch);
      const list = values.map(() => '?').join(', ');
      const sql = `SELECT \`key\`, value FROM ${this.name} WHERE \`key\` IN (${list})`;
      return this.read(sql, values, signal);
    });
  }

  async compareAndSwap({ key, expected, next }: Swap, signal: AbortSignal): Promise<boolean> {
    if (expected !== undefined) {
      const where = `WHERE \`key\` = ? AND ${dialect.startsWith('value', '?')}`;
      const changed =
        next === undefined
          ? this.#change(`DELETE FROM ${this.name} ${where}`, [key, expected], signal)
          : this.#change(
              `UPDATE ${this.name} SET value = ? ${where}`,
              [next, key, expected],
              signal,
            );
      return (await changed) > 0;
    }
    try {
      const sql = `INSERT INTO ${this.name} (\`key\`, value) VALUES (?, ?)`;
      return (await this.#change(sql, [key, next], signal)) > 0;
    } catch (error) {
      // INSERT IGNORE would also ignore what does not fit.
      if (codeOf(error) === 'ER_DUP_ENTRY') return false;
      throw error;
    }
  }

  async compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    const made: boolean[] = [];
    const rows = swaps.map(({ key, expected, next }) => ({ values: [key, expected, next] }));
    while (made.length < swaps.length) {
      const size = withinLength(rows.slice(made.length, made.length + batchSize));
      made.push(...(await this.#swapEach(swaps.slice(made.length, made.length + size), send)));
    }
    return made;
  }

  readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    return readAndTakeAsSeen(this, key, keys, send);
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
      const affected = await send((signal) => this.#change(statement, values, signal), true);
      if (affected === kind.length) {
        for (const { key } of kind) made.set(key, true);
        return;
      }
      const keys = kind.map(({ key }) => key);
      const stored = await send((signal) => this.getMany(keys, signal));
      for (const [at, { key, next }] of kind.entries()) made.set(key, stored[at] === next);
    };
    const stored = `${this.name} AS stored`;
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

  /** Runs a statement that writes, and answers how many rows it changed. */
  async #change(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<number> {
    const [header] = await this.write(sql, values, signal);
    return Number(header?.affectedRows ?? 0);
  }
}

const isSameKey = 'stored.`key` = change_of.k';
const isAsExpected = dialect.startsWith('stored.value', 'change_of.e');

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
