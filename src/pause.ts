// Waiting, and leaving others time before another attempt.

/** A timer that is to wait longer ends at once. */
export const longestTimeout = 2 ** 31 - 1;

/** Waits. A signal that is aborted ends the wait at once. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(milliseconds, longestTimeout));
    signal?.addEventListener('abort', end);
  });
}

/**
 * Waits until `work` has ended, whether well or not, and no longer than so many milliseconds (`Infinity`: as long
 * as it takes). For what another call began: on Cloudflare Workers that ends with its request, and then never settles.
 */
export function pauseUntilEnd(work: Promise<unknown>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const isBounded = milliseconds !== Number.POSITIVE_INFINITY;
    const timer = isBounded ? setTimeout(end, Math.min(milliseconds, longestTimeout)) : undefined;
    // The work is another call's: the process may end without it.
    if (timer !== undefined) setReferenced(timer, false);
    work.then(end, end);
  });
}

/**
 * What `work` answers.
 *
 * @param late The error if it takes longer than so many milliseconds. It may still answer, which then changes nothing.
 */
export async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  late: () => Error,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a timer keeps the process alive. Outside Node it is a number, and never does. */
export function setReferenced(timer: ReturnType<typeof setTimeout>, isReferenced: boolean): void {
  if (typeof timer !== 'object') return;
  if (isReferenced) timer.ref?.();
  else timer.unref?.();
}

/**
 * Waits for a random time that doubles with each failed attempt, up to `longest` milliseconds, so
 * that two writers do not keep meeting. Does not wait after the first.
 */
export async function pauseBeforeAttempt(
  attempt: number,
  longest: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const bound = Math.min(longest, 2 ** Math.min(attempt, 10) - 2);
  if (bound > 0) await pause(Math.random() * bound, signal);
}
