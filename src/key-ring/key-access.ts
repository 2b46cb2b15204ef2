// The way from a key ring to its keys, for the sealed token only: `Keyring` itself hands out no
// key.

import { invalidOption } from '../checked-options.js';
import { brand, isBranded } from '../errors/brand.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers } from '../foreign-object.js';
import type { KeySet } from './key-set.js';

/** The keys behind a `Keyring`. */
export interface RingKeys {
  /** Every key as the key ring is now. */
  current(): KeySet;
  /** Every key, after a key ring from a source that has rested has loaded them again: its primary seals. */
  forSealing(): KeySet | Promise<KeySet>;
  /** Every key, after a key ring from a file or a source has looked for one that it lacks. */
  refreshed(): Promise<KeySet>;
}

const keysByRing = new WeakMap<object, RingKeys>();

/** Called once for each `Keyring`, by its constructor. */
export function setKeysOf(keyring: object, keys: RingKeys): void {
  keysByRing.set(keyring, keys);
  brand(keyring, 'keyring');
}

/**
 * The keys of a `Keyring`.
 *
 * @throws {OptionInvalidError} It is not one.
 */
export function keysOf(keyring: unknown): RingKeys {
  const keys = hasMembers(keyring) ? keysByRing.get(keyring) : undefined;
  if (keys !== undefined) return keys;
  throw notKeyring('keyring', keyring);
}

/** The error for what is not a key ring of this copy: nobody else can reach the keys of another. */
export function notKeyring(name: string, value: unknown): OptionInvalidError {
  if (!isBranded(value, 'keyring')) {
    return invalidOption(name, 'a Keyring, such as Keyring.fromEnv() makes', value);
  }
  return new OptionInvalidError(
    `${name} is a Keyring of another copy of shopify-app-session-storage-encrypted, whose keys cannot be reached. ` +
      'Have one copy: npm ls shopify-app-session-storage-encrypted lists those that are installed, and a bundle ' +
      'has its own unless the package is external to it.',
  );
}
