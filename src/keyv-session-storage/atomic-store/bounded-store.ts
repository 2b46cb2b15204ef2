// Puts a bound on how long a backend may take, and one error on everything that can go wrong there.
import { SessionEncryptionError } from '../../errors.js';
import { safeCause } from '../../safe-cause.js';
import type { AtomicStore, ReadAndTaken, Swap, SwapsMade } from './atomic-store.js';

/** Many commands listen to one signal; Node would warn of a leak from ten on. */
const setMaxListeners = globalThis.process?.getBuiltinModule?.('node:events')?.setMaxListeners;

/** The backend failed or did not answer. `KeyvSessionStorage` turns it into the public error. */
export class StoreFailure extends Error {
  readonly timedOut: boolean;

  constructor(message: string, timedOut: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.timedOut = timedOut;
  }
}

/** An `AtomicStore` whose every method answers or rejects within the deadline. */
export class BoundedStore {
  readonly #store: AtomicStore;
  /** In milliseconds, for one call to the backend. */
  readonly deadline: number;
  #lastEvent: unknown;
  #controller: AbortController | undefined;
  #controllerSince = 0;

  constructor(store: AtomicStore, deadline: number) {
    this.#store = store;
    this.deadline = deadline;
  }

  get atomic(): boolean {
    return this.#store.atomic;
  }

  /** Remembers an `error` event of the backend's client: it often says why nothing is answered. */
  noteEvent(error: unknown): void {
    this.#lastEvent = error;
  }

  get(key: string): Promise<string | undefined> {
    return this.#bounded((signal) => this.#store.get(key, signal));
  }

  getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    return this.#bounded((signal) => this.#store.getMany(keys, signal));
  }

  compareAndSwap(swap: Swap): Promise<boolean> {
    return this.#bounded((signal) => this.#store.compareAndSwap(swap, signal));
  }

  compareAndSwapInTurn(first: Swap, second: Swap): Promise<SwapsMade> {
    return this.#bounded((signal) => this.#store.compareAndSwapInTurn(first, second, signal));
  }

  readAndTake(key: string, keys: readonly string[]): Promise<ReadAndTaken> {
    return this.#bounded((signal) => this.#store.readAndTake(key, keys, signal));
  }

  async *valuesUnder(prefix: string): AsyncGenerator<string[], void> {
    const batches = this.#store.valuesUnder(prefix);
    for (;;) {
      const { done, value } = await this.#bounded(() => batches.next());
      if (done === true) return;
      yield value;
    }
  }

  /** Runs anything else that waits for the backend. */
  run<T>(operation: () => Promise<T>): Promise<T> {
    return this.#bounded(operation);
  }

  #bounded<T>(operation: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = this.#currentController();
    this.#lastEvent = undefined;
    return new Promise<T>((resolve, reject) => {
      const rejectAsLate = () => {
        const cause = describeCause(this.#lastEvent);
        reject(new StoreFailure(`did not answer within ${this.deadline} ms`, true, cause));
      };
      const giveUp = () => {
        rejectAsLate();
        controller.abort();
      };
      // A busy process may be late to look at an answer that is there: let it look once more.
      const timer = setTimeout(() => setTimeout(giveUp), this.deadline);
      operation(controller.signal).then(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error: unknown) => {
          clearTimeout(timer);
          if (error instanceof SessionEncryptionError) return reject(error);
          // Of a call that started just before this one.
          if (controller.signal.aborted) return rejectAsLate();
          const cause = describeCause(error);
          // `@keyv/redis` says only that it is not connected; the event before it said why.
          if (this.#lastEvent !== error && cause !== undefined && this.#lastEvent !== undefined) {
            cause.cause ??= safeCause(this.#lastEvent);
          }
          reject(new StoreFailure('failed', false, cause));
        },
      );
    });
  }

  /**
   * Calls that start within a hundredth of the deadline share one controller, and so end that much
   * early at most: making one, and forgetting it, takes longer than the rest of a call to Redis.
   */
  #currentController(): AbortController {
    const now = performance.now();
    const current = this.#controller;
    const isRecent = now - this.#controllerSince < this.deadline / 100;
    if (current !== undefined && isRecent && !current.signal.aborted) return current;
    const controller = new AbortController();
    setMaxListeners?.(0, controller.signal);
    this.#controller = controller;
    this.#controllerSince = now;
    return controller;
  }
}

/** What may be said of an error that may not be there. */
function describeCause(error: unknown): Error | undefined {
  return error === undefined ? undefined : safeCause(error);
}
