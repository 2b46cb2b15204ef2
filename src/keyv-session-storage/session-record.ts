// The records in the store, as JSON text that any backend keeps and a person can read.
import { RecordUnreadableError, SessionInvalidError, SessionMismatchError } from '../errors.js';
import { hasMembers, isDate, memberOf } from '../foreign-object.js';
import { parseJson } from '../parse-json.js';
import { sealedFields } from '../sealed-fields.js';
import type { SessionLike } from '../session.js';

/** A session, as it stands in the store. */
export interface SessionRecord {
  readonly type: 'session';
  readonly shop: string;
  /** Milliseconds since the epoch; null: never. */
  readonly expiresAt: number | null;
  /** The session's own properties, as JSON has them. */
  readonly session: Readonly<Record<string, unknown>>;
}

/** Holds the place of a session while its shop's index is being told of it. It has no token. */
export interface ReservationRecord {
  readonly type: 'reservation';
  readonly shop: string;
  readonly expiresAt: number | null;
}

/** Version 1 of the records; another version is left alone. */
const version = 1;

/** How every record of a session starts, and no other record. */
export const anySessionRecordStart = `{"v":${version},"type":"session",`;

/** How every record of a session of `shop` starts, and no other record. */
export function sessionRecordStart(shop: string): string {
  return `${anySessionRecordStart}"shop":${JSON.stringify(shop)},`;
}

/** The text of a session's record. */
export function encodeSession(session: SessionLike, expiresAt: number | undefined): string {
  assertDates(session);
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) {
    throw new SessionInvalidError(
      `Session ${session.id}: expires or refreshTokenExpires is not a valid date. Store a valid date or none.`,
      { sessionId: session.id },
    );
  }
  const start = sessionRecordStart(session.shop);
  const text = jsonOf(session);
  return `${start}"nonce":"${crypto.randomUUID()}","expiresAt":${expiresAt ?? null},"session":${text}}`;
}

/** What every session has, and its tokens: none of it may be lost unseen. */
const neededProperties = [
  ...['id', 'shop'],
  ...sealedFields.flatMap(({ name, isUserInfo }) => (isUserInfo ? [] : [name])),
];

/** The objects within a session that have sealed fields. */
const innerObjects = new Set(sealedFields.flatMap(({ name }) => name.split('.').slice(0, -1)));

/** A session's own properties as JSON, which is what a record holds of it. */
export function jsonOf(session: SessionLike): string {
  let lost: string | undefined;
  try {
    const own = plain(session);
    lost = neededProperties.find((name) => own[name] !== memberOf(session, name));
    if (lost === undefined) return JSON.stringify(own);
  } catch {
    // A BigInt or a circle; the reason is not passed on, as it may quote the session.
  }
  const problem =
    lost === undefined
      ? 'it cannot be written as JSON. Store plain values only.'
      : `${lost} is not a property of its own, and only those are stored.`;
  throw new SessionInvalidError(`Session ${session.id}: ${problem}`, {
    sessionId: session.id,
    field: lost,
  });
}

/**
 * A copy without a class: a `toJSON` there is for logs, and may leave tokens out or mask them. Other values keep
 * theirs, as dates do.
 */
function plain(object: object): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...object };
  if ('toJSON' in copy) copy.toJSON = undefined;
  for (const name of innerObjects) {
    const inner = copy[name];
    if (typeof inner === 'object' && inner !== null) copy[name] = plain(inner);
  }
  return copy;
}

/** The text of a reservation: something at the session's key that holds no token. */
export function encodeReservation(shop: string, expiresAt: number): string {
  const nonce = crypto.randomUUID();
  return JSON.stringify({ v: version, type: 'reservation', shop, nonce, expiresAt });
}

/**
 * Reads a record.
 *
 * @throws RecordUnreadableError if the text is not a record of this version.
 */
export function decodeRecord(text: string, sessionId: string): SessionRecord | ReservationRecord {
  const record = peekRecord(text);
  if (record !== undefined) return record;
  throw new RecordUnreadableError(
    `Session ${sessionId}: its record in the store is not one that this version wrote. It was left as it is; delete the session to start again.`,
    { sessionId },
  );
}

/**
 * Another session under this key would be lost without a trace.
 *
 * @throws SessionMismatchError if the record is of a session of another id.
 */
export function assertSameSession(record: SessionRecord | ReservationRecord, id: string): void {
  if (record.type === 'reservation' || record.session.id === id) return;
  throw new SessionMismatchError(
    `Session ${id}: the store holds another session under its key. It was left as it is; delete this session to start again.`,
    { sessionId: id },
  );
}

/** Reads a record; `undefined` if the text is not a record of this version. */
export function peekRecord(text: string): SessionRecord | ReservationRecord | undefined {
  const record = parseJson(text);
  return isRecord(record) ? record : undefined;
}

/** Whether what a record holds can no longer be used: it stands where there is nothing. */
export function hasExpired({ expiresAt }: SessionRecord | ReservationRecord): boolean {
  return typeof expiresAt === 'number' && expiresAt < Date.now();
}

/** Whether a record can be read and is of a shop other than `shop`. */
export function isOfAnotherShop(text: string, shop: string): boolean {
  if (text.startsWith(sessionRecordStart(shop))) return false;
  const record = peekRecord(text);
  return record !== undefined && record.shop !== shop;
}

/** The start of `text` up to its nonce: what distinguishes this version of the record from every other. */
export function versionOf(text: string): string {
  const end = /"nonce":"[0-9a-f-]{36}",/.exec(text);
  return end === null ? text : text.slice(0, end.index + end[0].length);
}

function isRecord(value: unknown): value is SessionRecord | ReservationRecord {
  if (!hasMembers(value) || value.v !== version || typeof value.shop !== 'string') return false;
  return value.type === 'reservation' || (value.type === 'session' && hasMembers(value.session));
}

/** An invalid date would become null, and with it the session's expiry would be lost unseen. */
function assertDates(session: SessionLike): void {
  for (const field in session) {
    const value = session[field as keyof SessionLike] as unknown;
    if (isDate(value) && Number.isNaN(value.getTime())) {
      throw new SessionInvalidError(
        `Session ${session.id}: ${field} is not a valid date. Store a valid date or none.`,
        { sessionId: session.id, field },
      );
    }
  }
}
