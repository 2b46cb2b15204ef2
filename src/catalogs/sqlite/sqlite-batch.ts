// One UPDATE that replaces several rows of SQLite, for any client.
import type { BatchNames, RowBatch, Statement } from '../sql/row-batch.js';

/** Fewer than the 999 parameters that every SQLite accepts. */
const parametersAtMost = 900;

/** How many rows one statement takes. */
export function sqliteRowsAtOnce({ columns }: RowBatch): number {
  return Math.floor(parametersAtMost / (1 + 2 * columns.length));
}

/** Answers a row with the id of each that was replaced. */
export function sqliteBatch({ table, quote }: BatchNames, batch: RowBatch): Statement {
  const { id, columns, empty, rows } = batch;
  const names = ['k', ...columns.flatMap((_column, at) => [`b${at}`, `a${at}`])];
  const row = `(${names.map(() => '?').join(', ')})`;
  const assignments = columns.map(({ found }, at) => `${quote(found.name)} = v.a${at}`);
  const isAsRead = columns.map(
    ({ found }, at) => `t.${quote(found.name)} IS v.b${at} COLLATE BINARY`,
  );
  const isEmpty = empty.map(({ found }) => `t.${quote(found.name)} IS NULL`);
  const where = [`t.${quote(id.name)} = v.k`, ...isAsRead, ...isEmpty].join(' AND ');
  return {
    sql:
      `WITH v(${names.join(', ')}) AS (VALUES ${rows.map(() => row).join(', ')}) ` +
      `UPDATE ${table} AS t SET ${assignments.join(', ')} FROM v WHERE ${where} RETURNING ${quote(id.name)} AS id`,
    values: rows.flatMap((one) => [
      one.id,
      ...columns.flatMap((_column, at) => [one.before[at], one.after[at]]),
    ]),
  };
}
