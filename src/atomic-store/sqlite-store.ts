// Compare-and-swap on SQLite.
import type { Send } from '../store-access/index.js';
import type { ReadAndTaken, Swap } from './atomic-store.js';
import { type SqlDialect, SqlStore, valuesInBatches } from './sql-store.js';
import { swapQuery } from './swap-query.js';

const dialect: SqlDialect = {
  key: 'key',
  parameter: () => '?',
  startsWith: (text, start) => `instr(${text}, ${start}) = 1`,
};

/** Fewer than the 999 parameters that every SQLite accepts. */
const batchSize = 500;

export class SqliteStore extends SqlStore {
  protected override readonly dialect = dialect;

  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    return valuesInBatches(keys, batchSize, (batch) => {
      const sql = `SELECT key, value FROM ${this.name} WHERE key IN (${listOf(batch)})`;
      return this.read(sql, batch, signal);
    });
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    const [sql, values] = swapQuery(this.name, dialect, swap);
    return (await this.write(sql, values, signal)).length > 0;
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    const read = await send((signal) => this.get(key, signal));
    const taken = await valuesInBatches(keys, batchSize, (batch) => {
      const sql = `DELETE FROM ${this.name} WHERE key IN (${listOf(batch)}) RETURNING key, value`;
      return send((signal) => this.read(sql, batch, signal), true);
    });
    return { read, taken };
  }
}

/** A parameter for each. */
function listOf(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
