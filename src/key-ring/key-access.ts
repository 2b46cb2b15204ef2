// The way from a key ring to its keys, for the sealed token only: `Keyring` itself hands out no
// key.

import type { KeySet } from './key-set.js';

/** The keys behind a `Keyring`. */
export interface RingKeys {
  /** Every key as the key ring is now. */
  current(): KeySet;
  /** Every key, after a key ring from a file or a source has looked for one that it lacks. */
  refreshed(): Promise<KeySet>;
}

const keysByRing = new WeakMap<object, RingKeys>();

/** Called once for each `Keyring`, by its constructor. */
export function setKeysOf(keyring: object, keys: RingKeys): void {
  keysByRing.set(keyring, keys);
}

/** The keys of a `Keyring`. */
export function keysOf(keyring: object): RingKeys {
  const keys = keysByRing.get(keyring);
  if (keys === undefined) throw new TypeError('This is not a Keyring');
  return keys;
}
