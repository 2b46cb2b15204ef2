// Waiting, and leaving others time before another attempt.

/** Waits. A signal that is aborted ends the wait at once. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
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
