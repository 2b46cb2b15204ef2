// Compare-and-swap on a Map: nothing runs between reading and writing, so it is atomic as it stands.
import {
  type AtomicStore,
  meets,
  type ReadAndTaken,
  type Swap,
  type SwapsMade,
  swapInTurn,
} from './atomic-store.js';

const batchSize = 500;

export class MapStore implements AtomicStore {
  readonly atomic = true;
  readonly #map: Map<unknown, unknown>;

  constructor(map: Map<unknown, unknown>) {
    this.#map = map;
  }

  async get(key: string): Promise<string | undefined> {
    return this.#read(key);
  }

  async getMany(keys: readonly string[]): Promise<(string | undefined)[]> {
    return keys.map((key) => this.#read(key));
  }

  async compareAndSwap({ key, expected, next }: Swap): Promise<boolean> {
    if (!meets(this.#read(key), expected)) return false;
    if (next === undefined) this.#map.delete(key);
    else this.#map.set(key, next);
    return true;
  }

  compareAndSwapInTurn(first: Swap, second: Swap, signal: AbortSignal): Promise<SwapsMade> {
    return swapInTurn(this, first, second, signal);
  }

  async *valuesUnder(prefix: string): AsyncGenerator<string[], void> {
    // A Map is walked in the order its keys came, and stands changes on the way.
    let batch: string[] = [];
    for (const [key, value] of this.#map) {
      if (!String(key).startsWith(prefix)) continue;
      batch.push(String(value));
      if (batch.length < batchSize) continue;
      yield batch;
      batch = [];
    }
    yield batch;
  }

  async readAndTake(key: string, keys: readonly string[]): Promise<ReadAndTaken> {
    const read = this.#read(key);
    const taken = keys.map((each) => this.#read(each));
    for (const each of keys) this.#map.delete(each);
    return { read, taken };
  }

  #read(key: string): string | undefined {
    const value = this.#map.get(key);
    return value === undefined ? undefined : String(value);
  }
}
