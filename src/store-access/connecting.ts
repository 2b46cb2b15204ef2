// Opens connections, one at a time while the store does not answer: each attempt may leave a
// connection behind in the server, which has only so many.
import { noteUnsent } from './driver-errors.js';
import { Limiter } from './limiter.js';

export class Connecting {
  readonly #oneByOne = new Limiter(1);
  #isSound = true;

  /** A connection did not answer in time. */
  noteSilence(): void {
    this.#isSound = false;
  }

  /**
   * Opens a connection.
   *
   * @throws NotSentError if `signal` is aborted before it was this one's turn.
   */
  async connect<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (!this.#isSound) return await this.#oneByOne.run(() => this.#attempt(open), signal);
    return await this.#attempt(open);
  }

  async #attempt<T>(open: () => Promise<T>): Promise<T> {
    try {
      const connection = await open();
      this.#isSound = true;
      return connection;
    } catch (error) {
      this.#isSound = false;
      noteUnsent(error);
      throw error;
    }
  }
}
