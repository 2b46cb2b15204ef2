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
 * Calls `visit` for every session. No session is asked for before a visitor is free to take it.
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
  let turn: Promise<unknown> = Promise.resolve();
  // One at a time: only generators are sure to put concurrent calls of next() in a queue.
  const take = (): Promise<IteratorResult<S, unknown> | undefined> => {
    const taken = turn.then(async () => {
      if (ended || failure !== undefined || signal?.aborted) return undefined;
      try {
        const result = await iterator.next();
        if (result.done === true) ended = true;
        return result;
      } catch (error) {
        if (!isAboutOneSession(error)) throw error;
        ended = true;
        onUnreadable?.(error);
        return undefined;
      }
    });
    turn = taken.catch(() => {});
    return taken;
  };
  const work = async () => {
    try {
      for (;;) {
        const result = await take();
        if (result === undefined || result.done === true) return;
        await visit(result.value);
      }
    } catch (error) {
      failure ??= { error };
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  if (!ended) {
    const closed = Promise.resolve(iterator.return?.());
    // After a failure, that of closing the enumeration tells nothing new.
    await (failure === undefined ? closed : closed.catch(() => {}));
  }
  if (failure !== undefined) throw failure.error;
  return ended;
}
