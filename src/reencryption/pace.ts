// Keeps a run to so many sessions a second.
import { pause } from '../pause.js';

export class Pace {
  readonly #rate: number;
  /** When the next session may be looked at, in milliseconds of `performance.now()`. */
  #next = 0;

  /** @param rate Sessions a second. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** Waits until the next `count` sessions may be looked at. A signal ends the wait. */
  async admit(count: number, signal: AbortSignal | undefined): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#next);
    this.#next = start + (count * 1000) / this.#rate;
    if (start > now) await pause(start - now, signal);
  }
}
