// The one primitive that sessions and the index per shop are built on: compare-and-swap on one key.
import type { CatalogWarning } from '../session-catalog.js';
import type { Send } from '../store-access/index.js';

/**
 * What a backend has to do for the session records. Keys are whole (no prefix is added below this
 * line), values are strings. Every method rejects with the driver's error when the backend fails. A
 * method that is called with an aborted `signal`, or whose signal is aborted before its statement is
 * sent, sends nothing. A method of several statements passes each to `send`.
 */
export interface AtomicStore {
  /** Whether `compareAndSwap` holds against other processes, or only within this one. */
  readonly atomic: boolean;
  /** What every key has to begin with, by the settings of the client that the app gave. Default: nothing. */
  readonly keyPrefix?: string;
  get(key: string, signal: AbortSignal): Promise<string | undefined>;
  /** The values of `keys`, in order; no value is read earlier than that of the first key. */
  getMany(keys: readonly string[], signal: AbortSignal): Promise<(string | undefined)[]>;
  /** Makes the change if the stored value is still what the change expects. Answers whether it was. */
  compareAndSwap(change: Swap, signal: AbortSignal): Promise<boolean>;
  /** Makes many changes, each by itself, in few round trips. Without it, they are sent one by one. */
  compareAndSwapEach?(changes: readonly Swap[], send: Send): Promise<boolean[]>;
  /**
   * Makes `first` and then, only if it was made, `second`, which is the change that the call is for, in
   * one round trip. Without it, they are sent one after the other.
   */
  compareAndSwapInTurn?(first: Swap, second: Swap, send: Send): Promise<SwapsMade>;
  /**
   * Reads `key`, then removes `keys` and answers what they held: in one round trip where the backend
   * can.
   */
  readAndTake(key: string, keys: readonly string[], send: Send): Promise<ReadAndTaken>;
  /**
   * Some of the values whose keys start with `prefix`. From page to page, a key that is there from
   * the first step to the last is among them, whatever is added and removed; it may come twice.
   *
   * @param cursor That of the page before; `undefined`: from the start.
   */
  page(prefix: string, cursor: unknown, signal: AbortSignal): Promise<Page>;
  /** About how many keys start with `prefix`, at little cost. */
  estimate?(prefix: string, signal: AbortSignal): Promise<number>;
  /** What an operator should know of the backend, such as that it has no table yet. */
  findings?(signal: AbortSignal): Promise<CatalogWarning[]>;
  /** Closes the connections that the store has opened itself. */
  close?(): Promise<void>;
}

/** One change to one key: a value is stored, or what stands there is removed. */
export type Swap = {
  readonly key: string;
  /**
   * How the stored value must start; `undefined`: the key must not exist. Records start with what
   * identifies them, so a short prefix is enough to tell one version from every other.
   */
  readonly expected: string | undefined;
  /** The value to store; `undefined`: remove the key. */
  readonly next: string | undefined;
  /** When the backend may drop the record by itself, in milliseconds since the epoch. */
  readonly expiresAt?: number | undefined;
} & ({ readonly next: string } | { readonly expected: string });

/** What was read, and what the removed keys held, in order. */
export interface ReadAndTaken {
  readonly read: string | undefined;
  readonly taken: readonly (string | undefined)[];
}

/** Which of two changes in turn were made. */
export interface SwapsMade {
  readonly first: boolean;
  readonly second: boolean;
}

/** Records in one page, at most, where the backend does not decide that itself. */
export const pageSize = 500;

/** Some of the values under a prefix. */
export interface Page {
  readonly values: readonly string[];
  /** Where the next page starts; `undefined` after the last. */
  readonly next: unknown;
}

/** What `compareAndSwapInTurn` does, with a backend that takes one change at a time. */
export async function swapInTurn(
  store: Pick<AtomicStore, 'compareAndSwap'>,
  first: Swap,
  second: Swap,
  send: Send,
): Promise<SwapsMade> {
  const isFirstMade = await send((signal) => store.compareAndSwap(first, signal));
  return {
    first: isFirstMade,
    second: isFirstMade && (await send((signal) => store.compareAndSwap(second, signal), true)),
  };
}

/**
 * What `readAndTake` does, with a backend that does not answer what it removes, or may be sent a command twice: what
 * arrives late must not remove what was stored in between.
 */
export async function readAndTakeAsSeen(
  store: Pick<Required<AtomicStore>, 'getMany' | 'compareAndSwapEach'>,
  key: string,
  keys: readonly string[],
  send: Send,
): Promise<ReadAndTaken> {
  const [read, ...values] = await send((signal) => store.getMany([key, ...keys], signal));
  const taken = new Map<string, string>();
  for (let left = keys, seen = values; left.length > 0; ) {
    const found = left.flatMap((one, at) => {
      const value = seen[at];
      return value === undefined ? [] : [{ key: one, expected: value, next: undefined }];
    });
    // What is gone by now was taken as it was seen, by this call or by another.
    for (const { key: one, expected } of found) taken.set(one, expected);
    const made = found.length === 0 ? [] : await store.compareAndSwapEach(found, send);
    const again = found.filter((_, at) => made[at] !== true).map((swap) => swap.key);
    if (again.length > 0) seen = await send((signal) => store.getMany(again, signal));
    left = again;
  }
  return { read, taken: keys.map((one) => taken.get(one)) };
}

/** Whether `current` is what `expected` asks for. */
export function meets(current: string | undefined, expected: string | undefined): boolean {
  return expected === undefined ? current === undefined : current?.startsWith(expected) === true;
}
