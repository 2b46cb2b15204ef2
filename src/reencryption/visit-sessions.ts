// Goes through an enumeration of sessions, several at a time, in bounded memory.

import type { SessionEncryptionError } from '../errors.js';
import { isAboutOneSession } from './one-session-errors.js';

/** How to go through sessions. */
export interface VisitOptions {
  /** How many sessions are in hand at once, at most. */
  readonly concurrency: number;
  /** Ends the visit after the sessions in hand. */
  readonly signal?: AbortSignal | undefined;
  /** Told of records that are no sessions, which a catalog reports at the end of its enumeration. */
  readonly onUnreadable?: ((error: SessionEncryptionError) => void) | undefined;
}

/**
 * Calls `visit` for every session. Sessions are taken several at a time, but none before it can be
 * visited. What `visit` does before it first waits, it does for those taken together one right after
 * the other, while the store is busy with those before.
 *
 * @returns Whether every session was visited; false if the signal ended it.
 * @throws What `sessions` (but see `onUnreadable`) or `visit` throws first, once the sessions in hand are done with.
 */
export async function visitSessions<S>(
  sessions: AsyncIterable<S>,
  visit: (session: S) => Promise<void>,
  { concurrency, signal, onUnreadable }: VisitOptions,
): Promise<boolean> {
  const iterator = sessions[Symbol.asyncIterator]();
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  const goesOn = () => !ended && failure === undefined && signal?.aborted !== true;

  const take = async (most: number): Promise<S[]> => {
    const taken: S[] = [];
    while (taken.length < most && goesOn()) {
      try {
        const result = await iterator.next();
        if (result.done === true) ended = true;
        else taken.push(result.value);
      } catch (error) {
        if (isAboutOneSession(error)) {
          ended = true;
          onUnreadable?.(error);
        } else failure = { error };
      }
    }
    return taken;
  };

  let inHand = 0;
  let wake = () => {};
  const oneIsDone = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const start = async (session: S) => {
    inHand++;
    try {
      await visit(session);
    } catch (error) {
      failure ??= { error };
    }
    inHand--;
    wake();
  };

  // One half is prepared while the store is busy with the other.
  const half = Math.ceil(concurrency / 2);
  while (goesOn()) {
    if (inHand === concurrency) await oneIsDone();
    for (const session of await take(Math.min(half, concurrency - inHand))) void start(session);
    await sent();
  }
  while (inHand > 0) await oneIsDone();
  if (!ended) {
    const closed = Promise.resolve(iterator.return?.());
    // After a failure, that of closing the enumeration tells nothing new.
    await (failure === undefined ? closed : closed.catch(() => {}));
  }
  if (failure !== undefined) throw failure.error;
  return ended;
}

/**
 * Waits until a store's client has sent what it was asked to: node-redis does so in an immediate,
 * and is asked only after the one here is set, so it takes a second one.
 */
async function sent(): Promise<void> {
  if (typeof setImmediate !== 'function') return;
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
}
