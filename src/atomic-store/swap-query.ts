// Compare-and-swap as PostgreSQL and SQLite write it.
import type { Swap } from './atomic-store.js';
import type { SqlDialect } from './sql-store.js';

/** A statement and its values, in the order of its parameters. */
export type Query = readonly [sql: string, values: readonly unknown[]];

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
    return [
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
