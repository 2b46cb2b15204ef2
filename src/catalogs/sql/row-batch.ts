// Several rows that are replaced in one statement, each by itself: only if it is as it was read.
import type { SessionChange } from '../../session-catalog.js';
import type { Send } from '../../store-access/index.js';
import type { StoredSession } from '../stored-session.js';
import type { StatementRunner } from './session-row.js';
import type { ColumnFound, SessionTable, TableColumn } from './session-table.js';
import { writeInParts } from './write-in-parts.js';

/** One row. */
export interface BatchRow {
  readonly id: string;
  /** The id, then what each column holds, and what it shall hold. */
  readonly values: readonly unknown[];
}

export interface RowBatch {
  readonly id: ColumnFound;
  /** The columns that are compared and written, in the order of the values in each row. */
  readonly columns: readonly TableColumn[];
  /** Columns that may be sealed, and that are NULL in every row: compared, not written. */
  readonly empty: readonly TableColumn[];
  /** Columns that are to stay as they are, although an update would change them. */
  readonly stamped: readonly ColumnFound[];
  /** In the order of their ids, so that two batches lock rows in the same order. */
  readonly rows: readonly BatchRow[];
}

/** A statement and the values of its parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * The rows that are to be replaced together; undefined where more changes than what may be sealed, or
 * nothing at all.
 *
 * @throws ValueTooLongError if a value does not fit its column.
 * @throws SessionInvalidError if the ids of a change differ.
 */
export function rowBatch(
  table: SessionTable,
  changes: readonly SessionChange<StoredSession>[],
): RowBatch | undefined {
  const { id, sealed } = table;
  const rows: { id: string; before: unknown[]; after: unknown[] }[] = [];
  for (const { current, next } of changes) {
    const changed = table.changes(current, next);
    if (changed.some(({ column }) => !column.sealed)) return undefined;
    const before = sealed.map((column) => table.valueOf(column, current));
    const after = [...before];
    for (const { column, value } of changed) after[sealed.indexOf(column)] = value;
    rows.push({ id: next.id, before, after });
  }
  rows.sort((one, other) => (one.id < other.id ? -1 : 1));
  const isUsed = (at: number) =>
    rows.some((row) => row.before[at] !== null || row.after[at] !== null);
  const used = [...sealed.keys()].filter(isUsed);
  if (used.length === 0) return undefined;
  return {
    id,
    columns: sealed.filter((_column, at) => used.includes(at)),
    empty: sealed.filter((_column, at) => !used.includes(at)),
    stamped: table.stamped,
    rows: rows.map((row) => ({
      id: row.id,
      values: [row.id, ...used.flatMap((at) => [row.before[at], row.after[at]])],
    })),
  };
}

/**
 * Replaces the rows of a batch, several at once, and answers the ids of those that were.
 *
 * @param atOnce How many of the rows that are left go into one statement.
 * @param replace Replaces the rows of a part, and answers the ids of those that were. If it fails, none was.
 */
export async function replaceInParts(
  batch: RowBatch,
  atOnce: (left: readonly BatchRow[]) => number,
  replace: (part: RowBatch) => Promise<readonly string[]>,
): Promise<string[]> {
  const replaced = await writeInParts(batch.rows, atOnce, async (rows) => {
    const ids = new Set(await replace({ ...batch, rows }));
    return rows.filter(({ id }) => ids.has(id));
  });
  return replaced.map(({ id }) => id);
}

/**
 * Replaces the rows of a batch in one statement that answers their ids.
 *
 * @param rows Runs the statement.
 */
export async function replaceInOne(
  { sql, values }: Statement,
  rows: StatementRunner['rows'],
  send: Send,
): Promise<string[]> {
  const replaced = await send((signal) => rows(sql, values, signal), true);
  return replaced.map(({ id }) => String(id));
}
