// What waits in another package's queue, and must not begin once its caller has been told of a failure.
import { NotSentError, noteUnsent } from './driver-errors.js';

/**
 * What `work` answers.
 *
 * @param work Waits as long as it likes, and calls `begin` right before it sends what changes something.
 *   `begin` throws once `signal` is aborted.
 * @param reason Why nothing was sent, for the error.
 * @throws NotSentError as soon as `signal` is aborted, if `work` has not begun.
 */
export function begunInTime<T>(
  work: (begin: () => void) => Promise<T>,
  signal: AbortSignal,
  reason: string,
): Promise<T> {
  let hasBegun = false;
  const begin = () => {
    if (signal.aborted) throw new NotSentError(reason);
    hasBegun = true;
  };
  const done = work(begin).catch((error: unknown) => {
    if (!hasBegun) noteUnsent(error);
    throw error;
  });
  // At once: what it waits for may come long after.
  return unlessAborted(done, signal, () => (hasBegun ? undefined : new NotSentError(reason)));
}

/** What `work` answers; or, once `signal` is aborted, the error of `giveUp`, if it has one. */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  giveUp: () => Error | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      const error = giveUp();
      if (error !== undefined) reject(error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
