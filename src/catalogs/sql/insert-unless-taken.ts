// Stores one new session, and finds out why it is not stored.
import type { Send } from '../../store-access/index.js';
import { isDuplicate, otherRowInTheWay } from './refused-values.js';

/** A session to be stored. */
export interface NewSession {
  readonly sessionId: string;
  /** Of the table, as messages name it. */
  readonly table: string;
  /** Whether there is a row under its id. */
  isTaken(signal: AbortSignal): Promise<boolean>;
}

/**
 * @param attempts Each stores it, and answers whether it did. There are several, since a session whose id
 *   was taken may be gone when that is looked at.
 * @returns false if its id is taken.
 * @throws SessionInvalidError if something else is in its way.
 */
export async function insertUnlessTaken(
  { sessionId, table, isTaken }: NewSession,
  attempts: readonly ((signal: AbortSignal) => Promise<boolean>)[],
  send: Send,
): Promise<boolean> {
  let refusal: unknown;
  for (const attempt of attempts) {
    const isStored = await send(async (signal) => {
      try {
        return await attempt(signal);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        refusal = error;
        return false;
      }
    }, true);
    if (isStored) return true;
    if (await send(isTaken)) return false;
  }
  throw otherRowInTheWay(refusal, sessionId, table);
}
