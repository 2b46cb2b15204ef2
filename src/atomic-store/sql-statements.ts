// The SQL that PostgreSQL and SQLite share: compare-and-swap over the table of Keyv's adapters,
// which has the columns `key` and `value`.
import type { SqlRow } from '../store-access/sql-runner.js';
import type { Swap } from './atomic-store.js';

/** How one SQL dialect writes what the two do not write alike. */
export interface SqlDialect {
  /** The nth parameter, counted from 1. */
  parameter(position: number): string;
  /** Whether a column starts with a parameter. */
  startsWith(column: string, parameter: string): string;
}

/** A statement and its values, in the order of its parameters. */
export type Query = readonly [sql: string, values: string[]];

/**
 * The statement that makes a change if the row is still as expected. It answers one row if it made
 * the change and none if it did not.
 *
 * @param table The table as it is written in SQL.
 * @param condition What else must be true.
 */
export function swapQuery(
  table: string,
  dialect: SqlDialect,
  swap: Swap,
  condition = '1 = 1',
): Query {
  const { key, expected, next } = swap;
  const [first, second, third] = [1, 2, 3].map(dialect.parameter);
  if (expected === undefined) {
    return next === undefined
      ? [
          `SELECT 1 AS key WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE key = ${first}) AND ${condition}`,
          [key],
        ]
      : [
          `INSERT INTO ${table} (key, value) SELECT ${first}, ${second} WHERE ${condition} ON CONFLICT DO NOTHING RETURNING key`,
          [key, next],
        ];
  }
  return next === undefined
    ? [
        `DELETE FROM ${table} WHERE key = ${first} AND ${dialect.startsWith('value', `${second}`)} AND ${condition} RETURNING key`,
        [key, expected],
      ]
    : [
        `UPDATE ${table} SET value = ${first} WHERE key = ${second} AND ${dialect.startsWith('value', `${third}`)} AND ${condition} RETURNING key`,
        [next, key, expected],
      ];
}

/** The values of `keys`, in order, from rows that come in any order. */
export function valuesInOrder(
  keys: readonly string[],
  rows: readonly SqlRow[],
): (string | undefined)[] {
  const values = new Map(rows.map((row) => [row.key, String(row.value)]));
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

/** The next rows after `lastKey` in the order of the keys: no OFFSET, which skips after a deletion. */
export function pageQuery(
  table: string,
  dialect: SqlDialect,
  prefix: string,
  lastKey: string,
  limit: number,
): Query {
  const [first, second] = [1, 2].map(dialect.parameter);
  return [
    `SELECT key, value FROM ${table} WHERE key > ${first} AND ${dialect.startsWith('key', `${second}`)} ORDER BY key LIMIT ${limit}`,
    [lastKey, prefix],
  ];
}
