// Lets so many statements run at once, and has the others wait here: a statement that waits in a
// driver's queue is sent some time, long after its caller was told of a failure.
import { NotSentError } from './driver-errors.js';

export class Limiter {
  readonly #limit: number;
  readonly #onWait: (milliseconds: number) => void;
  /** What starts those that wait, in the order in which they came. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  /** @param onWait Told how long a statement had to wait, in milliseconds. */
  constructor(limit: number, onWait: (milliseconds: number) => void = () => {}) {
    this.#limit = limit;
    this.#onWait = onWait;
  }

  /**
   * Runs `work` when fewer than the limit are running.
   *
   * @throws NotSentError if `signal` is aborted before; `work` is then never run.
   */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw new NotSentError('The time for the call was up.');
    if (this.#running >= this.#limit) await this.#wait(signal);
    else this.#running++;
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    const since = performance.now();
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.delete(start);
        reject(new NotSentError('No connection to the store was free in time.'));
      };
      const start = () => {
        signal.removeEventListener('abort', giveUp);
        this.#onWait(performance.now() - since);
        resolve();
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(start);
    });
  }

  /** Hands its place to the next one. */
  #leave(): void {
    for (const start of this.#waiting) {
      this.#waiting.delete(start);
      start();
      return;
    }
    this.#running--;
  }
}
