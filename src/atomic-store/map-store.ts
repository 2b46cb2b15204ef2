// Compare-and-swap on a Map: nothing runs between reading and writing, so it is atomic as it stands.
import {
  type AtomicStore,
  meets,
  type Page,
  pageSize,
  type ReadAndTaken,
  type Swap,
} from './atomic-store.js';

/** A walk over a Map, which the next page goes on with. */
type Entries = Iterator<[unknown, unknown]>;

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

  async page(prefix: string, cursor: unknown): Promise<Page> {
    // A Map is walked in the order its keys came, and stands changes on the way.
    const entries = (cursor as Entries | undefined) ?? this.#map.entries();
    const values: string[] = [];
    for (let entry = entries.next(); !entry.done; entry = entries.next()) {
      const [key, value] = entry.value;
      if (!String(key).startsWith(prefix)) continue;
      values.push(String(value));
      if (values.length === pageSize) return { values, next: entries };
    }
    return { values, next: undefined };
  }

  async estimate(prefix: string): Promise<number> {
    let count = 0;
    for (const key of this.#map.keys()) if (String(key).startsWith(prefix)) count++;
    return count;
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
