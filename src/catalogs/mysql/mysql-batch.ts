// Replaces many rows of MySQL or MariaDB, for any client. There is no transaction: rows that are locked
// between two statements would stay locked for long when the network goes silent.
import { type Send, withinLength } from '../../store-access/index.js';
import { type RowBatch, replaceInParts } from '../sql/row-batch.js';
import type { StatementRunner } from '../sql/session-row.js';
import { collatedMysql, mysqlBytes, quoteMysql } from './mysql-table.js';

const rowsAtOnce = 500;

/**
 * A power of two, so that few statements have to be prepared, which the connection and the server keep.
 *
 * @param count The rows to insert.
 */
export const mysqlRowsAtOnce = (count: number): number =>
  Math.min(128, 2 ** Math.floor(Math.log2(count)));

/** Replaces the rows that are as they were read, and answers their ids. */
export function replaceMysqlRows(
  { change, rows }: StatementRunner,
  table: string,
  batch: RowBatch,
  send: Send,
): Promise<string[]> {
  return replaceInParts(
    batch,
    (left) => Math.min(rowsAtOnce, withinLength(left)),
    async (part) => {
      const { update, check, values } = statementsOf(quoteMysql(table), part);
      const changed = await send((signal) => change(update, values, signal), true);
      const found =
        changed === part.rows.length
          ? part.rows
          : await send((signal) => rows(check, values, signal));
      return found.map(({ id }) => String(id));
    },
  );
}

/**
 * An UPDATE that replaces the rows that are as they were read, of which it reports how many, not which;
 * and a look at which rows hold what it writes, needed if it did not write all.
 */
function statementsOf(table: string, { id, columns, empty, stamped, rows }: RowBatch) {
  const row = [
    `${collatedMysql('?', id)} AS k`,
    ...columns.flatMap((_column, at) => [`${text} AS b${at}`, `${text} AS a${at}`]),
  ];
  const rest = row.map((column) => column.replace(/ AS \w+$/, ''));
  const selects = rows.map((_row, at) => `SELECT ${(at === 0 ? row : rest).join(', ')}`);
  const from = `${table} AS t JOIN (${selects.join(' UNION ALL ')}) AS v ON t.${quoteMysql(id.name)} = v.k`;
  const column = (name: string) => `t.${quoteMysql(name)}`;
  const holds = (which: 'a' | 'b') =>
    columns.map(
      ({ found }, at) => `${mysqlBytes(column(found.name))} <=> CAST(v.${which}${at} AS BINARY)`,
    );
  const isEmpty = empty.map(({ found }) => `${column(found.name)} IS NULL`);
  const assignments = [
    ...columns.map(({ found }, at) => `${column(found.name)} = v.a${at}`),
    ...stamped.map(({ name }) => `${column(name)} = ${column(name)}`),
  ];
  const values = rows.flatMap((one) => one.values);
  return {
    update: `UPDATE ${from} SET ${assignments.join(', ')} WHERE ${[...holds('b'), ...isEmpty].join(' AND ')}`,
    check: `SELECT ${column(id.name)} AS id FROM ${from} WHERE ${holds('a').join(' AND ')}`,
    values,
  };
}

const text = 'CONVERT(? USING utf8mb4)';
