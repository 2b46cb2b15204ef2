// A session as the JSON of its property array, `[["id", "…"], ["shop", "…"], …]`, which is what the
// official Redis storage keeps.
import {
  columnValue,
  type RowFormat,
  type SessionColumn,
  sameValue,
  sessionColumns,
  sessionOfRow,
} from '../sql/session-row.js';
import type { StoredSession } from '../stored-session.js';

type Entry = [name: string, value: unknown];

const format: RowFormat = {
  expires: 'milliseconds',
  refreshTokenExpires: 'milliseconds',
  flag: 'boolean',
  userId: 'number',
};

/** The session in a text; undefined if it is none. */
export function decodeSession(text: string): StoredSession | undefined {
  const entries = parseEntries(text);
  if (entries === undefined) return undefined;
  const session = sessionOfRow(Object.fromEntries(entries), format);
  return typeof session.id === 'string' && typeof session.shop === 'string' ? session : undefined;
}

/** The text of a session of which nothing is stored yet. */
export function encodeSession(session: StoredSession): string {
  const entries: Entry[] = [];
  for (const column of currentColumns) {
    const value = columnValue(column, session, format);
    if (value !== null) entries.push([column.name, value]);
  }
  return JSON.stringify(entries);
}

/** The text of `next`, where `text` is that of `current`: what is the same stays as it is. */
export function withChanges(text: string, current: StoredSession, next: StoredSession): string {
  const entries = new Map(parseEntries(text));
  const names = new Map([...entries.keys()].map((name) => [name.toLowerCase(), name]));
  for (const column of sessionColumns) {
    const value = columnValue(column, next, format);
    if (sameValue(columnValue(column, current, format), value)) continue;
    const name = names.get(column.name.toLowerCase());
    if (value === null) entries.delete(name ?? column.name);
    else if (name !== undefined) entries.set(name, value);
    else if (currentColumns.includes(column)) entries.set(column.name, value);
  }
  return JSON.stringify([...entries]);
}

/** Without the property that earlier releases kept the user's id in. */
const currentColumns: readonly SessionColumn[] = sessionColumns.filter(
  ({ name }) => name !== 'onlineAccessInfo',
);

/** Whether a text is JSON: a session that was cut short is not. */
export function isJson(text: string): boolean {
  return parse(text) !== undefined;
}

function parseEntries(text: string): Entry[] | undefined {
  const value = parse(text);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string')
    ? value
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
