// Leaves an app its event loop while another process has the lock of its SQLite file. SQLite waits for the
// lock with the loop stopped: callers that look one right after the other keep out even their own deadlines.
import { pause } from '../pause.js';
import { isSqliteBusy, NotSentError } from './driver-errors.js';
import { Limiter } from './limiter.js';

export class LockTurns {
  readonly #rest: number;
  readonly #oneByOne = new Limiter(1);
  /** What the last one heard, if that was that the file is locked. */
  #refusal: unknown;
  #restsUntil = 0;

  /** @param rest How long everything else has its turn after the file was found locked, in milliseconds. */
  constructor(rest: number) {
    this.#rest = rest;
  }

  /**
   * Runs one work after the other, with a rest after each that found the file locked.
   *
   * @throws That the file is locked, if `signal` is aborted before it was this one's turn; else NotSentError.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const inTurn = this.#oneByOne.run(async () => {
      const rest = this.#restsUntil - performance.now();
      if (rest > 0) await pause(rest, signal);
      if (signal.aborted) throw new NotSentError('The database was not free in time.');
      return this.#attempt(work);
    }, signal);
    return inTurn.catch((error: unknown) => {
      throw error instanceof NotSentError ? (this.#refusal ?? error) : error;
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.#refusal = undefined;
      return result;
    } catch (error) {
      if (isSqliteBusy(error)) {
        this.#refusal = error;
        this.#restsUntil = performance.now() + this.#rest;
      }
      throw error;
    }
  }
}
