// A session as an item of DynamoDB: what `marshall` of `@aws-sdk/util-dynamodb` makes of the session,
// with dates as ISO 8601 text. This is what the official DynamoDB storage keeps.
import { isDate } from '../../foreign-object.js';
import { isStoredSession, type StoredSession } from '../stored-session.js';

/** A value of DynamoDB, with its type as the name of its one member. */
export type AttributeValue = Readonly<Record<string, unknown>>;

/** What is stored of one session, by attribute. */
export type SessionItem = Readonly<Record<string, AttributeValue>>;

const dates = ['expires', 'refreshTokenExpires'];

/** What an item lacks if the session lacks it. */
export const optionalAttributes = [
  'state',
  'scope',
  'accessToken',
  'refreshToken',
  'onlineAccessInfo',
  ...dates,
];

/** The session in an item; undefined if it is not one. */
export function sessionOfItem(item: SessionItem): StoredSession | undefined {
  const properties = Object.entries(item).flatMap(([name, attribute]) => {
    const value = fromAttribute(attribute);
    if (value === null || value === undefined) return [];
    return [[name, dates.includes(name) ? dateOf(value) : value] as const];
  });
  // Not by assignment: one of the name `__proto__` would become the session's prototype.
  const session: Record<string, unknown> = Object.fromEntries(properties);
  return isStoredSession(session) ? session : undefined;
}

/** The item of a session. */
export function itemOfSession(session: StoredSession): SessionItem {
  const attributes = Object.entries(session).map(([name, value]) => [name, toAttribute(value)]);
  return Object.fromEntries(attributes.filter(([, attribute]) => attribute !== undefined));
}

/** Whether two attributes are the same, or both absent. */
export function sameAttribute(a: AttributeValue | undefined, b: AttributeValue | undefined) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether two items are the same. */
export function isSameItem(one: SessionItem, other: SessionItem): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => sameAttribute(one[name], other[name]));
}

/** Text that is not a date stays text. */
function dateOf(value: unknown): unknown {
  const date = new Date(String(value));
  return Number.isNaN(date.getTime()) ? value : date;
}

function fromAttribute(attribute: AttributeValue): unknown {
  const [[type, value] = []] = Object.entries(attribute).filter(([, some]) => some !== undefined);
  switch (type) {
    case 'NULL':
      return null;
    case 'N':
      return numberOf(String(value));
    case 'L':
      return (value as AttributeValue[]).map(fromAttribute);
    case 'M':
      return Object.fromEntries(
        Object.entries(value as SessionItem).map(([name, member]) => [name, fromAttribute(member)]),
      );
    default:
      return value;
  }
}

/** User ids have 64 bits, of which a number holds 53. */
function numberOf(text: string): number | bigint {
  const number = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}

function toAttribute(value: unknown): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'number' || typeof value === 'bigint') return { N: String(value) };
  // An invalid date is none: it has no ISO 8601 text.
  if (isDate(value)) {
    return Number.isNaN(value.getTime()) ? undefined : { S: value.toISOString() };
  }
  if (Array.isArray(value))
    return { L: value.map((member) => toAttribute(member) ?? { NULL: true }) };
  return { M: itemOfSession(value as StoredSession) };
}
