// Stores rows of new sessions: several in one statement, or one, of which it is said why it is not taken.
import { type Send, withinLength } from '../../store-access/index.js';
import type { StoredSession } from '../stored-session.js';
import { insertUnlessTaken } from './insert-unless-taken.js';
import type { ColumnFound, SessionTable } from './session-table.js';
import type { Insertion, SqlDatabase } from './sql-database.js';
import { writeInParts } from './write-in-parts.js';

interface NewRow {
  /** Where its session stands among those to be stored. */
  readonly at: number;
  readonly id: string;
  readonly columns: readonly ColumnFound[];
  readonly values: readonly unknown[];
}

/** Ids in one question which of them are taken. */
const idsAtOnce = 512;

/**
 * Stores a session.
 *
 * @returns false if its id is taken.
 * @throws SessionInvalidError if something else is in its way.
 */
export async function insertOne(
  database: SqlDatabase,
  table: SessionTable,
  next: StoredSession,
  send: Send,
): Promise<boolean> {
  const insertion = insertionOf(database, table, [newRow(table, next, 0)]);
  const session = {
    sessionId: next.id,
    table: database.table,
    isTaken: async (signal: AbortSignal) =>
      (await takenAmong(database, table, [next.id], signal)).length > 0,
  };
  const attempts = (['skip', 'fail', 'fail'] as const).map(
    (onTaken) => async (signal: AbortSignal) =>
      (await database.insert(insertion, onTaken, signal)).length > 0,
  );
  return insertUnlessTaken(session, attempts, send);
}

/**
 * Stores sessions whose ids are not taken, each only if the table takes it.
 *
 * @returns Which of them were stored, by where they stand in `sessions`.
 */
export async function insertMany(
  database: SqlDatabase,
  table: SessionTable,
  sessions: readonly StoredSession[],
  send: Send,
): Promise<ReadonlySet<number>> {
  const stored = new Set<number>();
  const atOnce = (count: number) =>
    send((signal) =>
      database.rowsAtOnce(count, (sql, values) => database.rows(sql, values, signal)),
    );
  if (sessions.length === 0 || (await atOnce(sessions.length)) === 0) return stored;
  const insert = async (rows: readonly NewRow[]) => {
    const insertion = insertionOf(database, table, rows);
    const ids = await send((signal) => database.insert(insertion, 'skip', signal), true);
    if (ids.length === rows.length) return rows;
    const known = new Set(ids);
    return rows.filter(({ id }) => known.has(id));
  };
  for (const rows of byColumns(await freeRows(database, table, sessions, send))) {
    const inOne = (left: readonly NewRow[]) => atOnce(withinLength(left));
    for (const { at } of await writeInParts(rows, inOne, insert)) stored.add(at);
  }
  return stored;
}

/** The rows of sessions that fit, without those of which it is known that the table will not take them. */
async function freeRows(
  database: SqlDatabase,
  table: SessionTable,
  sessions: readonly StoredSession[],
  send: Send,
): Promise<NewRow[]> {
  const rows = new Map<string, NewRow>();
  for (const [at, session] of sessions.entries()) {
    if (rows.has(session.id) || table.misfit(session) !== undefined) continue;
    rows.set(session.id, newRow(table, session, at));
  }
  if (!database.canSkip) {
    const ids = [...rows.keys()];
    for (let start = 0; start < ids.length; start += idsAtOnce) {
      const part = ids.slice(start, start + idsAtOnce);
      const taken = await send((signal) => takenAmong(database, table, part, signal));
      for (const id of taken) rows.delete(id);
    }
  }
  return [...rows.values()];
}

/** Rows that have values in the same columns: a column that a statement does not name gets its default. */
function byColumns(rows: readonly NewRow[]): NewRow[][] {
  const groups = new Map<string, NewRow[]>();
  for (const row of rows) {
    const key = row.columns.map(({ name }) => name).join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

function newRow(table: SessionTable, session: StoredSession, at: number): NewRow {
  const values = table.insertion(session);
  return {
    at,
    id: session.id,
    columns: values.map(({ column }) => column.found),
    values: values.map(({ value }) => value),
  };
}

/** @param rows With values in the same columns. */
function insertionOf(
  { quotedTable, quote, parameter }: SqlDatabase,
  { id }: SessionTable,
  rows: readonly NewRow[],
): Insertion {
  const columns = rows[0]?.columns ?? [];
  let position = 0;
  const parameters = rows.map(
    ({ values }) => `(${values.map(() => parameter(++position)).join(', ')})`,
  );
  return {
    into: `${quotedTable} (${columns.map(({ name }) => quote(name)).join(', ')})`,
    rows: parameters.join(', '),
    values: rows.flatMap(({ values }) => values),
    id: quote(id.name),
  };
}

/** Those of `ids` under which there is a row. */
async function takenAmong(
  { quotedTable, quote, parameter, collated, rows }: SqlDatabase,
  { id }: SessionTable,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  // Filled up to a power of two, so that few statements have to be prepared.
  const length = 2 ** Math.ceil(Math.log2(ids.length));
  const values = Array.from({ length }, (_, at) => ids[at] ?? ids[0]);
  const list = values.map((_, at) => collated(parameter(at + 1), id)).join(', ');
  const sql = `SELECT ${quote(id.name)} AS id FROM ${quotedTable} WHERE ${quote(id.name)} IN (${list})`;
  return (await rows(sql, values, signal)).map((row) => String(row.id));
}
