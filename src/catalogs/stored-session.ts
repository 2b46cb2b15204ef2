// The sessions that the catalogs of the official storages hand out and take.
import { SessionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';

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

/** Whether an object has what every session has. */
export function isStoredSession(object: object): object is StoredSession {
  const { id, shop } = object as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof shop === 'string';
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
