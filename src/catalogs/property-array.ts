// A session as the JSON of its property array, `[["id", "…"], ["shop", "…"], …]`, which is what the
// official Redis and KV storages keep.
import { parseJson } from '../parse-json.js';
import { assertNotInJson } from './info-as-json.js';
import {
  columnValue,
  differingColumns,
  type RowFormat,
  type SessionColumn,
  sameValue,
  sessionColumns,
  sessionOfRow,
} from './sql/session-row.js';
import { assertSession, type StoredSession } from './stored-session.js';

type Entry = [name: string, value: unknown];

const format: RowFormat = {
  expires: 'milliseconds',
  refreshTokenExpires: 'milliseconds',
  flag: 'boolean',
  userId: 'number',
};

/** The session in a text; undefined if it is none. */
export function decodeSession(text: string): StoredSession | undefined {
  const entries = readEntries(text);
  if (entries === undefined) return undefined;
  return sessionOfRow(Object.fromEntries(entries.values()), format);
}

/** The text of a session of which nothing is stored yet. */
export function encodeSession(session: StoredSession): string {
  assertSession(session);
  const entries: Entry[] = [];
  for (const column of currentColumns) {
    const value = columnValue(column, session, format);
    if (value !== null) entries.push([column.name, value]);
  }
  return JSON.stringify(entries);
}

/**
 * The text of `next`, where `text` is that of `current`: what is the same stays as it is.
 *
 * @throws SessionInvalidError if something changes that is JSON of the app's own.
 */
export function withChanges(text: string, current: StoredSession, next: StoredSession): string {
  assertNotInJson(current, differingColumns(current, next));
  const entries = readEntries(text) ?? new Map<string, Entry>();
  for (const column of sessionColumns) {
    const value = columnValue(column, next, format);
    if (sameValue(columnValue(column, current, format), value)) continue;
    const key = column.name.toLowerCase();
    const [name = currentColumns.includes(column) ? column.name : undefined] =
      entries.get(key) ?? [];
    if (value === null) entries.delete(key);
    else if (name !== undefined) entries.set(key, [name, value]);
  }
  return JSON.stringify([...entries.values()]);
}

/** Without the property that earlier releases kept the user's id in. */
const currentColumns: readonly SessionColumn[] = sessionColumns.filter(
  ({ name }) => name !== 'onlineAccessInfo',
);

/** Whether a text that holds no session was once one: it is cut short, or lacks the id or the shop. */
export function isDamaged(text: string): boolean {
  return parseJson(text) === undefined || readEntries(text) !== undefined;
}

/**
 * The entries of a property array as the official storage reads them, by name in lower case: of names
 * that differ in case only, the last one that has a value counts.
 */
function readEntries(text: string): Map<string, Entry> | undefined {
  const values = parseJson(text);
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const entries = new Map<string, Entry>();
  for (const entry of values) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string') return undefined;
    const [name, value]: unknown[] = entry;
    const key = String(name).toLowerCase();
    if (value !== null || !entries.has(key)) entries.set(key, [String(name), value]);
  }
  return entries;
}
