// Sessions as the official storages write them in a row: one column, or one property, for each value.
// The SQL storages, Prisma and Redis share the names; they differ in how they write dates and flags.
import { SessionInvalidError } from '../../errors.js';
import { isDate } from '../../foreign-object.js';
import { type SealedField, sealedFields } from '../../sealed-fields.js';
import { infoInJson } from '../info-as-json.js';
import { isStoredSession, type StoredSession } from '../stored-session.js';

/** A row or record, by column name, with the values that the database's client hands out. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement, and answers its rows. */
export type Rows = (sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Runs statements. One is not sent once `signal` is aborted. */
export interface StatementRunner {
  rows(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>;
  /** Runs an UPDATE or a DELETE, and returns how many rows it changed or removed. */
  change(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<number>;
}

/**
 * A date: whole seconds or milliseconds since the epoch, a `Date`, ISO 8601 text, what a clock in
 * UTC shows (`2026-11-25 13:00:00.000`), for columns without a time zone, or what Prisma writes in SQLite,
 * which is text or milliseconds as its driver likes.
 */
export type DateFormat =
  | 'seconds'
  | 'milliseconds'
  | 'date'
  | 'text'
  | 'clock'
  | 'text or milliseconds';

/** How one storage writes values that are not text. */
export interface RowFormat {
  readonly expires: DateFormat;
  readonly refreshTokenExpires: DateFormat;
  readonly flag: 'boolean' | 'number';
  /** `digits`: its decimal digits as bytes. */
  readonly userId: 'number' | 'bigint' | 'digits';
}

/** One column of the official storages, and the property of a session that it holds. */
export interface SessionColumn {
  readonly name: string;
  readonly kind: 'text' | 'flag' | 'date' | 'user id';
  readonly userProperty?: string;
  /** Whether its values may be sealed. */
  readonly sealed?: true;
}

/** The columns of what is not sealed. */
const otherColumns: readonly SessionColumn[] = [
  { name: 'id', kind: 'text' },
  { name: 'shop', kind: 'text' },
  { name: 'state', kind: 'text' },
  { name: 'isOnline', kind: 'flag' },
  { name: 'scope', kind: 'text' },
  { name: 'expires', kind: 'date' },
  { name: 'refreshTokenExpires', kind: 'date' },
  // Earlier releases kept nothing of the user but the id, and under this name.
  { name: 'onlineAccessInfo', kind: 'user id', userProperty: 'id' },
  { name: 'userId', kind: 'user id', userProperty: 'id' },
  { name: 'locale', kind: 'text', userProperty: 'locale' },
  { name: 'emailVerified', kind: 'flag', userProperty: 'email_verified' },
  { name: 'accountOwner', kind: 'flag', userProperty: 'account_owner' },
  { name: 'collaborator', kind: 'flag', userProperty: 'collaborator' },
];

/** Every column that an official storage has, or had in an earlier release. */
export const sessionColumns: readonly SessionColumn[] = [
  ...otherColumns.filter(({ name }) => !sealedFields.some(({ column }) => column === name)),
  ...sealedFields.map(sealedColumn),
];

function sealedColumn({ name, column, isUserInfo }: SealedField): SessionColumn {
  const sealed = { name: column, kind: 'text', sealed: true } as const;
  return isUserInfo ? { ...sealed, userProperty: name.replace(/^.*\./, '') } : sealed;
}

/**
 * The session in a row; undefined if it is not one. Column names may be in any case, as PostgreSQL's
 * once were.
 */
export function sessionOfRow(row: Row, format: RowFormat): StoredSession | undefined {
  const values = new Map(Object.entries(row).map(([name, raw]) => [name.toLowerCase(), raw]));
  return sessionOfColumns(sessionColumns, ({ name }) => values.get(name.toLowerCase()), format);
}

/** The session in the columns that are there; undefined if it is not one. */
export function sessionOfColumns<Column extends SessionColumn>(
  columns: readonly Column[],
  valueIn: (column: Column) => unknown,
  format: RowFormat,
): StoredSession | undefined {
  const session: Record<string, unknown> = { isOnline: false };
  const user: Record<string, unknown> = {};
  let isKnown = false;
  let inPlaceOfId: unknown;
  for (const column of columns) {
    const found = valueIn(column);
    if (found === null || found === undefined) continue;
    // Of a user, what is not text would be passed over.
    const raw = column.userProperty !== undefined && isBytes(found) ? bytesAsText(found) : found;
    const value = decode(column, raw, format);
    if (value === undefined && column.kind === 'user id') inPlaceOfId ??= raw;
    if (value === undefined) continue;
    if (column.userProperty === undefined) {
      session[column.name] = value;
    } else {
      user[column.userProperty] = value;
      // Prisma's storage writes false into the flags of offline sessions as well.
      isKnown ||= column.kind !== 'flag';
    }
  }
  if (isKnown || session.isOnline === true) session.onlineAccessInfo = { associated_user: user };
  const info = inPlaceOfId === undefined ? undefined : infoInJson(inPlaceOfId, user);
  if (info === 'unreadable') return undefined;
  if (info !== undefined) session.onlineAccessInfo = info;
  return isStoredSession(session) ? session : undefined;
}

/** What `column` holds for `session`; null if nothing. */
export function columnValue(
  column: SessionColumn,
  session: StoredSession,
  format: RowFormat,
): unknown {
  const value = propertyOf(column, session);
  if (value === undefined || value === null) return null;
  switch (column.kind) {
    case 'date':
      if (!isValidDate(value)) throw invalidProperty(session, column.name, 'a valid date');
      return encodeDate(value, dateFormat(column, format));
    case 'flag':
      return format.flag === 'number' ? Number(value) : value;
    case 'user id':
      if (format.userId === 'bigint' && !Number.isInteger(value)) {
        throw invalidProperty(session, 'onlineAccessInfo.associated_user.id', 'a whole number');
      }
      return encodeUserId(value as number, format);
    default:
      return value;
  }
}

function isValidDate(value: unknown): value is Date {
  return isDate(value) && !Number.isNaN(value.getTime());
}

function invalidProperty({ id }: StoredSession, field: string, kind: string): SessionInvalidError {
  return new SessionInvalidError(`Session ${id}: ${field} is not ${kind}. Store one, or none.`, {
    sessionId: id,
    field,
  });
}

/** A session with texts in the columns that tables of official storages have NOT NULL. */
export function complete(session: StoredSession): StoredSession {
  return { ...session, state: session.state ?? '', accessToken: session.accessToken ?? '' };
}

/**
 * Whether two values of one column are the same. What stands for nothing is: storages differ in
 * whether they write NULL, an empty text or false for it.
 */
export function sameValue(left: unknown, right: unknown): boolean {
  if (isDate(left) && isDate(right)) return left.getTime() === right.getTime();
  if (left instanceof Uint8Array && right instanceof Uint8Array)
    return bytesAsText(left) === bytesAsText(right);
  return left === right || (isNothing(left) && isNothing(right));
}

/** Whether a value stands for nothing: what has no column for it loses nothing. */
export function isNothing(value: unknown): boolean {
  return value === null || value === '' || value === false || value === 0;
}

/** The columns of which one session has something else than the other, as it stands there. */
export function differingColumns(one: StoredSession, other: StoredSession): SessionColumn[] {
  return sessionColumns.filter((column) => propertyOf(column, one) !== propertyOf(column, other));
}

function propertyOf({ name, userProperty }: SessionColumn, session: StoredSession): unknown {
  const owner = userProperty === undefined ? session : session.onlineAccessInfo?.associated_user;
  return (owner as unknown as Row | undefined)?.[userProperty ?? name];
}

function decode(column: SessionColumn, raw: unknown, format: RowFormat): unknown {
  switch (column.kind) {
    case 'date':
      return decodeDate(raw, dateFormat(column, format));
    case 'flag':
      return raw === true || /^(1|t|true)$/i.test(String(raw));
    case 'user id':
      return decodeUserId(raw);
    default:
      return raw;
  }
}

/** How a column of dates is written. */
export function dateFormat({ name }: SessionColumn, format: RowFormat): DateFormat {
  return name === 'expires' ? format.expires : format.refreshTokenExpires;
}

/** PostgreSQL's client hands out a bigint as text. The storages take 0 for no date. */
function decodeDate(raw: unknown, format: DateFormat): Date | undefined {
  const date = isDate(raw) ? raw : new Date(timeOf(raw, format));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function timeOf(raw: unknown, format: DateFormat): string | number {
  if (format === 'text') return String(raw);
  if (format === 'clock') return `${String(raw).replace(' ', 'T')}Z`;
  const number = Number(raw);
  if (format === 'text or milliseconds' && Number.isNaN(number)) return withZone(String(raw));
  if (number === 0) return Number.NaN;
  return format === 'seconds' ? number * 1000 : number;
}

/** Prisma takes a date and a time without a time zone for UTC, JavaScript for local time. */
function withZone(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)[T ]([\d:.]+)$/, '$1T$2Z');
}

function encodeDate(date: Date, format: DateFormat): unknown {
  if (format === 'date') return date;
  if (format === 'text') return date.toISOString();
  if (format === 'text or milliseconds') return date.toISOString().replace('Z', '+00:00');
  if (format === 'clock') return date.toISOString().slice(0, -1).replace('T', ' ');
  return format === 'seconds' ? Math.floor(date.getTime() / 1000) : date.getTime();
}

function encodeUserId(id: number, { userId }: RowFormat): unknown {
  if (userId === 'bigint') return BigInt(id);
  return userId === 'digits' ? new TextEncoder().encode(String(id)) : id;
}

function decodeUserId(raw: unknown): number | undefined {
  const id = Number(raw);
  return Number.isInteger(id) ? id : undefined;
}

/** libsql hands out an ArrayBuffer, the other drivers of SQLite a Uint8Array. */
function isBytes(value: unknown): value is Uint8Array | ArrayBuffer {
  return value instanceof Uint8Array || value instanceof ArrayBuffer;
}

function bytesAsText(bytes: Uint8Array | ArrayBuffer): string {
  return new TextDecoder().decode(bytes);
}
