// When a stored session can be dropped without anyone missing it.
import type { SessionLike } from '../session.js';

/** A session that may be renewed: shopify-api 12 and later. */
interface RenewableSession extends SessionLike {
  readonly refreshToken?: string | undefined;
  readonly refreshTokenExpires?: Date | undefined;
}

/**
 * The time after which a session is of no use, or `undefined` if there is none: an online session at
 * `expires`, an offline session at `refreshTokenExpires`, and never at `expires` while a refresh
 * token could renew it. An offline session that does not expire stays until the app is uninstalled.
 *
 * @param session The session to store.
 * @param gracePeriod How much longer it is kept, in milliseconds; counted from now for a session
 * that has already expired, so that what was just stored can be read back.
 * @returns Milliseconds since the epoch.
 */
export function sessionExpiry(session: RenewableSession, gracePeriod: number): number | undefined {
  const end = lastUse(session);
  return end === undefined ? undefined : Math.max(end, Date.now()) + gracePeriod;
}

/** In milliseconds since the epoch. */
function lastUse({ isOnline, expires, refreshToken, refreshTokenExpires }: RenewableSession) {
  if (isOnline && !refreshToken) return expires ? Number(new Date(expires)) : undefined;
  if (!refreshTokenExpires) return undefined;
  return Math.max(Number(new Date(refreshTokenExpires)), Number(new Date(expires ?? 0)));
}
