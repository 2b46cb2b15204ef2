// When a stored session can be dropped without anyone missing it.
import { lastUseOf, type RenewableSession } from '../session.js';

/**
 * The time at which a store drops a session, or `undefined` if it keeps it.
 *
 * @param session The session to store.
 * @param gracePeriod How much longer it is kept than it is of use, in milliseconds; counted from now
 * for a session that has already expired, so that what was just stored can be read back.
 * @returns Milliseconds since the epoch.
 */
export function sessionExpiry(session: RenewableSession, gracePeriod: number): number | undefined {
  const end = lastUseOf(session);
  return end === undefined ? undefined : Math.max(end, Date.now()) + gracePeriod;
}
