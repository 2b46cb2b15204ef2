// Whether two stores hold the same session. Each store keeps what it has room for: SQL storages cut
// dates to seconds or round them, keep part of `onlineAccessInfo` and drop properties that they do not know.
import { isDate } from './foreign-object.js';
import { sealedFields } from './sealed-fields.js';
import type { SessionLike } from './session.js';

type Properties = Readonly<Record<string, unknown>>;

/** Properties that every store keeps: one that only one side has is a difference. */
const keptByAll = [
  ...['id', 'shop', 'state', 'isOnline', 'scope', 'expires', 'refreshTokenExpires'],
  ...sealedFields.flatMap(({ name, isUserInfo }) => (isUserInfo ? [] : [name])),
];

/** Whether `copy` is `original`, as far as the store of `copy` keeps it. */
export function isSameSession(original: SessionLike, copy: SessionLike): boolean {
  const [one, other] = [{ ...original } as Properties, { ...copy } as Properties];
  return keptByAll.every((name) => isSame(one[name], other[name])) && isConsistent(one, other);
}

/** Whether what both hold is the same. */
function isConsistent(one: unknown, other: unknown): boolean {
  if (isAbsent(one) || isAbsent(other)) return true;
  if (!isObject(one) || !isObject(other)) return isSame(one, other);
  return Object.keys(one).every((name) => isConsistent(one[name], other[name]));
}

function isSame(one: unknown, other: unknown): boolean {
  if (isAbsent(one) || isAbsent(other)) return isAbsent(one) && isAbsent(other);
  if (isDate(one) || isDate(other)) return isWithinASecond(one, other);
  // Ids are numbers, bigints or text; a flag may be 0 or 1.
  return one === other || text(one) === text(other);
}

function isWithinASecond(one: unknown, other: unknown): boolean {
  return Math.abs(Number(new Date(one as Date)) - Number(new Date(other as Date))) < 1000;
}

/** Stores write what is absent as NULL or ''; the official Prisma storage reads NULL as 'null'. */
function isAbsent(value: unknown): boolean {
  return [undefined, null, '', 'null', 'undefined'].includes(value as undefined);
}

function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !isDate(value);
}

function text(value: unknown): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}
