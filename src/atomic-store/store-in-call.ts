// An atomic store as one public call uses it: within the call's deadline, and again after failures
// that pass.
import type { StoreCall } from '../store-access/index.js';
import {
  type AtomicStore,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';

export class StoreInCall {
  readonly #store: AtomicStore;
  readonly #call: StoreCall;

  constructor(store: AtomicStore, call: StoreCall) {
    this.#store = store;
    this.#call = call;
  }

  /** Aborted at the deadline of the call. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** Whether the time of the call is up. Unlike `signal`, other calls may ask for it. */
  get isOver(): boolean {
    return this.#call.isOver;
  }

  get(key: string): Promise<string | undefined> {
    return this.#call.send((signal) => this.#store.get(key, signal));
  }

  getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    return this.#call.send((signal) => this.#store.getMany(keys, signal));
  }

  /** @param writes Whether this makes the change that the call is for, and does not only prepare it. */
  async compareAndSwap(swap: Swap, writes = false): Promise<boolean> {
    const { key, next } = swap;
    let attempts = 0;
    const made = await this.#call.send(
      (signal) => {
        attempts++;
        return this.#store.compareAndSwap(swap, signal);
      },
      writes,
      next !== undefined,
    );
    if (made || attempts === 1 || next === undefined) return made;
    // An attempt whose connection was lost may have made the change. No other writer's value is the same.
    return (await this.get(key)) === next;
  }

  async compareAndSwapEach(swaps: readonly Swap[]): Promise<boolean[]> {
    const store = this.#store;
    if (store.compareAndSwapEach !== undefined)
      return store.compareAndSwapEach(swaps, this.#call.send);
    const made: boolean[] = [];
    for (const swap of swaps) {
      made.push(await this.#call.send((signal) => store.compareAndSwap(swap, signal), true));
    }
    return made;
  }

  compareAndSwapInTurn(first: Swap, second: Swap): Promise<SwapsMade> {
    return (
      this.#store.compareAndSwapInTurn?.(first, second, this.#call.send) ??
      swapInTurn(this.#store, first, second, this.#call.send)
    );
  }

  readAndTake(key: string, keys: readonly string[]): Promise<ReadAndTaken> {
    return this.#store.readAndTake(key, keys, this.#call.send);
  }

  /** Waits a random while after another writer was faster. */
  conflict(attempt: number): Promise<void> {
    return this.#call.conflict(attempt);
  }
}
