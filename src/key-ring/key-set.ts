// The keys of a key ring at one moment: checked against each other, in order, never changed
// afterwards. A key ring that re-reads its file swaps one whole set for another, so nobody ever
// sees half of one.

import { invalidKey, invalidRing, type KeyEntry } from './key-entry.js';
import { SealingKey } from './sealing-key.js';

export interface KeySet {
  /** The key that seals: the first. */
  readonly primary: SealingKey;
  /** Every key by its id, in order. */
  readonly byKid: ReadonlyMap<string, SealingKey>;
}

/** Makes the set of `entries`, and refuses an empty one, a repeated kid and a repeated key. */
export function keySet(entries: readonly KeyEntry[], source: string): KeySet {
  const byKid = new Map<string, SealingKey>();
  const positions = new Map<string, number>();
  entries.forEach(({ kid, enc, bytes, createdAt }, i) => {
    const position = i + 1;
    const fail = (problem: string) => invalidKey(source, position, kid, problem);
    if (byKid.has(kid)) throw fail(`has the key id of key ${positions.get(kid)}`);
    if (bytes.every((byte) => byte === 0)) throw fail('is all zeros, not a random key');
    const key = new SealingKey(kid, enc, bytes, createdAt);
    for (const other of byKid.values()) {
      if (other.fingerprint === key.fingerprint) {
        throw fail(`is the same key as key ${positions.get(other.kid)} ("${other.kid}")`);
      }
    }
    byKid.set(kid, key);
    positions.set(kid, position);
  });
  const [primary] = byKid.values();
  if (primary === undefined) throw invalidRing(source, 'holds no key');
  return { primary, byKid };
}
