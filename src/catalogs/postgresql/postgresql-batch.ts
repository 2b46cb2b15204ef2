// One UPDATE that replaces several rows of PostgreSQL, for any client.
import type { RowBatch, Statement } from '../sql/row-batch.js';
import { quotePostgresql as quote } from './postgresql-table.js';

/**
 * Answers a row with the id of each that was replaced. The rows are one JSON parameter, which every
 * client can send; the planner expects a hundred of them and finds each by the primary key.
 *
 * @param table As it is written in SQL.
 */
export function postgresqlBatch(table: string, batch: RowBatch): Statement {
  const { id, columns, empty, rows } = batch;
  const types = ['k text', ...columns.flatMap((_column, at) => [`b${at} text`, `a${at} text`])];
  const assignments = columns.map(({ found }, at) => `${quote(found.name)} = v.a${at}`);
  const isAsRead = columns.map(
    ({ found }, at) => `t.${quote(found.name)} COLLATE "C" IS NOT DISTINCT FROM v.b${at}`,
  );
  const isEmpty = empty.map(({ found }) => `t.${quote(found.name)} IS NULL`);
  const where = [`t.${quote(id.name)} = v.k`, ...isAsRead, ...isEmpty].join(' AND ');
  const json = rows.map((row) => {
    const record: Record<string, unknown> = { k: row.id };
    for (const at of columns.keys()) {
      record[`b${at}`] = row.before[at];
      record[`a${at}`] = row.after[at];
    }
    return record;
  });
  return {
    sql:
      `UPDATE ${table} AS t SET ${assignments.join(', ')} ` +
      `FROM json_to_recordset($1::json) AS v(${types.join(', ')}) WHERE ${where} RETURNING t.${quote(id.name)} AS id`,
    values: [JSON.stringify(json)],
  };
}
