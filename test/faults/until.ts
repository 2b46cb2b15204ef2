// Waiting until a store is back, with a bound that only a store that never comes back reaches.
import { setTimeout as pause } from 'node:timers/promises';

/** Tries `call` until it answers; after thirty seconds it throws what the last try threw. */
export async function untilAnswers<T>(call: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 30_000; ; await pause(50)) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
