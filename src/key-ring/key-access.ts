// The way from a ring to its keys, for the sealed token only. `Keyring` keeps its keys in private
// fields and hands this module the functions that read them; nothing here is exported to users.

import type { KeySet } from './key-set.js';
import type { SealingKey } from './sealing-key.js';

/** A `Keyring`: not imported, since it imports this module. Anything else makes these functions throw. */
type Ring = object;

interface Access {
  current(keyring: Ring): KeySet;
  find(keyring: Ring, kid: string): SealingKey | undefined;
}

let access: Access | undefined;

/** Called once, by `Keyring` itself. */
export function grantAccess(granted: Access): void {
  access = granted;
}

function granted(): Access {
  if (access === undefined) throw new Error('No Keyring has been loaded');
  return access;
}

/** The key that seals now. */
export function primaryKey(keyring: Ring): SealingKey {
  return granted().current(keyring).primary;
}

/** Every key as the ring is now, the primary first. */
export function ringKeys(keyring: Ring): Iterable<SealingKey> {
  return granted().current(keyring).byKid.values();
}

/** The key with this id. A ring from a file that has changed reads it again to look for it. */
export function findKey(keyring: Ring, kid: string): SealingKey | undefined {
  return granted().find(keyring, kid);
}
