// A session that a store passes over without an error: one sentence for copying and re-encryption.
import { SessionInvalidError } from './errors.js';

/** @param store What does not take it, as the message names it. */
export function refusedWithoutReason(sessionId: string, store: string): SessionInvalidError {
  return new SessionInvalidError(
    `Session ${sessionId}: ${store} does not take it, and does not say why. ` +
      'See whether a trigger, a rule or row level security stands against it.',
    { sessionId },
  );
}
