// One UPDATE that replaces several rows of PostgreSQL, for any client.
import type { Send } from '../../store-access/index.js';
import { type RowBatch, replaceInOne, replaceInParts, type Statement } from '../sql/row-batch.js';
import type { StatementRunner } from '../sql/session-row.js';
import { quotePostgresql as quote } from './postgresql-table.js';

/**
 * Replaces the rows that are as they were read, and answers their ids.
 *
 * @param rows Runs a statement.
 * @param table As it is written in SQL.
 */
export function replacePostgresqlRows(
  rows: StatementRunner['rows'],
  table: string,
  batch: RowBatch,
  send: Send,
): Promise<string[]> {
  return replaceInParts(
    batch,
    ({ length }) => length,
    (part) => replaceInOne(statementOf(table, part), rows, send),
  );
}

/**
 * Answers a row with the id of each that was replaced. The rows are one JSON parameter, which every
 * client can send; the planner expects a hundred of them and finds each by the primary key.
 */
function statementOf(table: string, batch: RowBatch): Statement {
  const { id, columns, empty, rows } = batch;
  const names = ['k', ...columns.flatMap((_column, at) => [`b${at}`, `a${at}`])];
  const types = names.map((name) => `${name} text`);
  const assignments = columns.map(({ found }, at) => `${quote(found.name)} = v.a${at}`);
  const isAsRead = columns.map(
    ({ found }, at) => `t.${quote(found.name)} COLLATE "C" IS NOT DISTINCT FROM v.b${at}`,
  );
  const isEmpty = empty.map(({ found }) => `t.${quote(found.name)} IS NULL`);
  const where = [`t.${quote(id.name)} = v.k`, ...isAsRead, ...isEmpty].join(' AND ');
  const json = rows.map(({ values }) =>
    Object.fromEntries(names.map((name, at) => [name, values[at]])),
  );
  return {
    sql:
      `UPDATE ${table} AS t SET ${assignments.join(', ')} ` +
      `FROM json_to_recordset($1::json) AS v(${types.join(', ')}) WHERE ${where} RETURNING t.${quote(id.name)} AS id`,
    values: [JSON.stringify(json)],
  };
}
