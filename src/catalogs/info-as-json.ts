// `onlineAccessInfo` as JSON, which an app's own storage may keep where the official ones once kept the user's id. It
// is read, so that the keys of what is sealed in it are known. It is not written: its form is the app's.
import { SessionInvalidError } from '../errors.js';
import { hasMembers, type Members, memberOf } from '../foreign-object.js';
import { parseJson } from '../parse-json.js';
import { sealedFields } from '../sealed-fields.js';
import { holdsSealed, type StoredSession } from './stored-session.js';

type Info = NonNullable<StoredSession['onlineAccessInfo']>;

/** Those of which something that may be sealed was read from JSON. */
const fromJson = new WeakSet<Info>();

const sealedProperties = sealedFields
  .filter(({ isUserInfo }) => isUserInfo)
  .map(({ name }) => name.replace(/^.*\./, ''));

/**
 * What a value that is not a user's id says of the user; undefined if that is nothing.
 *
 * @param inColumns What the session's other columns say of the user.
 * @returns `unreadable` if something sealed is in it that would be passed over.
 */
export function infoInJson(value: unknown, inColumns: Members): Info | 'unreadable' | undefined {
  const info = typeof value === 'string' ? (parseJson(value) ?? value) : value;
  const user = memberOf(info, 'associated_user');
  if (!hasMembers(info) || !hasMembers(user)) return holdsSealed(info) ? 'unreadable' : undefined;
  const others = Object.entries(user).filter(([name]) => !sealedProperties.includes(name));
  if (holdsSealed({ ...info, associated_user: others })) return 'unreadable';
  const known: Members = Object.fromEntries(
    Object.entries(user).filter(([, value]) => value !== null && value !== ''),
  );
  const sealable = sealedProperties.filter((name) => known[name] !== undefined);
  if (sealable.some((name) => inColumns[name] && inColumns[name] !== known[name])) {
    return 'unreadable';
  }
  const read: Info = { associated_user: { ...inColumns, ...known } };
  if (sealable.length > 0) fromJson.add(read);
  return read;
}

/** Whether something of a session's user that may be sealed was read from JSON, whatever columns hold. */
export function hasUserInJson({ onlineAccessInfo }: StoredSession): boolean {
  return onlineAccessInfo !== undefined && fromJson.has(onlineAccessInfo);
}

/**
 * Checks that nothing is to be written to JSON.
 *
 * @param changed What is to be written.
 * @throws SessionInvalidError if the user of `current` was read from JSON, and something of a user is among it.
 */
export function assertNotInJson(
  current: StoredSession,
  changed: readonly { readonly userProperty?: string }[],
): void {
  if (!hasUserInJson(current)) return;
  if (changed.every(({ userProperty }) => userProperty === undefined)) return;
  const { id } = current;
  throw new SessionInvalidError(
    `Session ${id}: its user info is JSON in onlineAccessInfo, which this catalog does not write. ` +
      'Use a catalog of your own (--catalog).',
    { sessionId: id, field: 'onlineAccessInfo' },
  );
}
