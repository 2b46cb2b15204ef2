// One UPDATE that replaces several rows of SQLite, for any client.
import type { RowBatch, Statement } from '../sql/row-batch.js';

/**
 * Answers a row with the id of each that was replaced. The rows are one JSON parameter.
 *
 * @param condition Must hold as well; its parameter comes last.
 */
export function sqliteBatch(table: string, batch: RowBatch, condition: string): Statement {
  const { id, columns, empty, rows } = batch;
  const names = ['k', ...columns.flatMap((_column, at) => [`b${at}`, `a${at}`])];
  const values = names.map((name, at) => `json_extract(value, '$[${at}]') AS ${name}`);
  const assignments = columns.map(({ found }, at) => `${quoteSqlite(found.name)} = v.a${at}`);
  const isAsRead = columns.map(
    ({ found }, at) => `t.${quoteSqlite(found.name)} IS v.b${at} COLLATE BINARY`,
  );
  const isEmpty = empty.map(({ found }) => `t.${quoteSqlite(found.name)} IS NULL`);
  const where = [`t.${quoteSqlite(id.name)} = v.k`, ...isAsRead, ...isEmpty, condition].join(
    ' AND ',
  );
  return {
    sql:
      `WITH v AS MATERIALIZED (SELECT ${values.join(', ')} FROM json_each(?)) ` +
      `UPDATE ${quoteSqlite(table)} AS t SET ${assignments.join(', ')} FROM v WHERE ${where} RETURNING ${quoteSqlite(id.name)} AS id`,
    values: [JSON.stringify(rows.map((one) => one.values))],
  };
}

export const quoteSqlite = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
