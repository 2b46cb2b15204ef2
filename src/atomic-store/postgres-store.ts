// Compare-and-swap on PostgreSQL.
import type { CatalogWarning } from '../session-catalog.js';
import type { Send } from '../store-access/index.js';
import { hiddenRows } from '../store-access/row-security.js';
import type { ReadAndTaken, Swap, SwapsMade } from './atomic-store.js';
import { type SqlDialect, SqlStore, valuesInOrder } from './sql-store.js';
import { type Query, swapQuery } from './swap-query.js';

const dialect: SqlDialect = {
  key: 'key',
  parameter: (position) => `$${position}::text`,
  startsWith: (text, start) => `starts_with(${text}, ${start})`,
};

export class PostgresStore extends SqlStore {
  protected override readonly dialect = dialect;

  override async findings(signal: AbortSignal): Promise<CatalogWarning[]> {
    const hidden = await hiddenRows((...query) => this.read(...query, signal), this.name);
    return [...(await super.findings(signal)), ...hidden];
  }

  async getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]> {
    // One statement sees one moment of the table.
    const sql = `SELECT key, value FROM ${this.name} WHERE key = ANY($1)`;
    return valuesInOrder(keys, await this.read(sql, [keys], signal));
  }

  async compareAndSwap(swap: Swap, signal: AbortSignal): Promise<boolean> {
    return (await this.write(...swapQuery(this.name, dialect, swap), signal)).length > 0;
  }

  async compareAndSwapEach(swaps: readonly Swap[], send: Send): Promise<boolean[]> {
    // Batches that lock rows in one order do not deadlock.
    const sorted = [...swaps].sort((one, other) => (one.key < other.key ? -1 : 1));
    const replacing = sorted.filter(({ expected }) => expected !== undefined);
    const updates = replacing.filter(({ next }) => next !== undefined);
    const deletions = replacing.filter(({ next }) => next === undefined);
    const made = new Set<unknown>();
    const run = async (query: Query) => {
      const rows = await send((signal) => this.write(...query, signal), true);
      for (const { key } of rows) made.add(key);
    };
    if (updates.length > 0) await run(updatesQuery(this.name, updates));
    if (deletions.length > 0) await run(deletionsQuery(this.name, deletions));
    for (const swap of sorted) {
      if (swap.expected !== undefined) continue;
      if (await send((signal) => this.compareAndSwap(swap, signal), true)) made.add(swap.key);
    }
    return swaps.map(({ key }) => made.has(key));
  }

  async compareAndSwapInTurn(first: Swap, second: Swap, send: Send): Promise<SwapsMade> {
    const query = swapInTurnQuery(this.name, first, second);
    const rows = await send((signal) => this.write(...query, signal), true);
    const made = new Set(rows.map(({ key }) => key));
    return { first: made.has(first.key), second: made.has(second.key) };
  }

  async readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken> {
    // What is read is as it was when the statement began, which is before anything is removed.
    const sql = `WITH taken AS (DELETE FROM ${this.name} WHERE key = ANY($2) RETURNING key, value)
      SELECT key, value FROM ${this.name} WHERE key = $1 UNION ALL SELECT key, value FROM taken`;
    const rows = await send((signal) => this.read(sql, [key, keys], signal), true);
    const [read, ...taken] = valuesInOrder([key, ...keys], rows);
    return { read, taken };
  }
}

/** One statement for all changes that replace a value. */
function updatesQuery(table: string, updates: readonly Swap[]): Query {
  return [
    `UPDATE ${table} AS stored SET value = change.next
     FROM unnest($1::text[], $2::text[], $3::text[]) AS change(key, expected, next)
     WHERE stored.key = change.key AND starts_with(stored.value, change.expected)
     RETURNING stored.key`,
    [
      updates.map(({ key }) => key),
      updates.map(({ expected }) => expected),
      updates.map(({ next }) => next),
    ],
  ];
}

/** One statement for all changes that remove a value. */
function deletionsQuery(table: string, deletions: readonly Swap[]): Query {
  return [
    `DELETE FROM ${table} AS stored USING unnest($1::text[], $2::text[]) AS change(key, expected)
     WHERE stored.key = change.key AND starts_with(stored.value, change.expected)
     RETURNING stored.key`,
    [deletions.map(({ key }) => key), deletions.map(({ expected }) => expected)],
  ];
}

/** One statement for two changes. The second depends on what the first one returns. */
function swapInTurnQuery(table: string, first: Swap, second: Swap): Query {
  const [firstSql, firstValues] = swapQuery(table, dialect, first);
  const parameter = (position: number) => dialect.parameter(firstValues.length + position);
  const isFirstMade = 'EXISTS (SELECT 1 FROM first)';
  const [secondSql, secondValues] = swapQuery(
    table,
    { ...dialect, parameter },
    second,
    isFirstMade,
  );
  return [
    `WITH first AS (${firstSql}), second AS (${secondSql})
     SELECT key FROM first UNION ALL SELECT key FROM second`,
    [...firstValues, ...secondValues],
  ];
}
