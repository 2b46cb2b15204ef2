// The sessions that the catalogs of the official storages hand out and take.
import { SessionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import { sealedTokenStart } from '../sealed-token/index.js';

/** The staff member of an online session, as far as a storage keeps it. */
export interface StoredUser {
  id?: number;
  first_name?: string;
  last_name?: string;
  email?: string;
  locale?: string;
  account_owner?: boolean;
  collaborator?: boolean;
  email_verified?: boolean;
}

/**
 * A session as a storage keeps it: a plain object with the properties of Shopify's `Session`, its
 * tokens still sealed. What is NULL or missing in the store is missing here; `''` stays `''`.
 */
export interface StoredSession {
  readonly id: string;
  shop: string;
  isOnline: boolean;
  state?: string;
  scope?: string;
  expires?: Date;
  accessToken?: string;
  refreshToken?: string;
  refreshTokenExpires?: Date;
  onlineAccessInfo?: { associated_user: StoredUser };
}

/** Whether an object has what every session has, and nothing sealed where it would be passed over. */
export function isStoredSession(object: object): object is StoredSession {
  const { id, shop, onlineAccessInfo } = object as Readonly<Record<string, unknown>>;
  const isHidden = typeof onlineAccessInfo === 'string' && holdsSealed(onlineAccessInfo);
  return typeof id === 'string' && typeof shop === 'string' && !isHidden;
}

/** Whether something sealed is anywhere in a value. */
export function holdsSealed(value: unknown): boolean {
  return String(JSON.stringify(value)).includes(sealedTokenStart);
}

/** @throws {SessionInvalidError} It is not a session. */
export function assertSession(session: unknown): asserts session is StoredSession {
  if (hasMembers(session) && isStoredSession(session)) return;
  throw new SessionInvalidError('A session must be an object with an id and a shop.');
}

/** @throws {SessionInvalidError} `next` cannot replace `current`: their ids differ. */
export function assertSameId(current: StoredSession, next: StoredSession): void {
  assertSession(current);
  assertSession(next);
  if (current.id === next.id) return;
  throw new SessionInvalidError(
    `Session ${current.id}: only a session of the same id can replace it.`,
    { sessionId: current.id },
  );
}
