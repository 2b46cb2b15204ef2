// One key as it was configured, before it becomes part of a key ring, and how errors name it: by
// its position and its key id, never by its value, which may be a secret that was put in the wrong
// place.

import { KeyringInvalidError } from '../errors.js';
import type { ContentEncryption } from './content-encryption.js';

/** A key that has been read and checked by itself. */
export interface KeyEntry {
  readonly kid: string;
  readonly enc: ContentEncryption;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When it was made, in milliseconds since the epoch, where that is known. */
  readonly createdAt?: number | undefined;
}

const KID = /^[A-Za-z0-9._-]{1,32}$/;

/** What a key id may look like. */
export const KID_RULE = 'a key id is 1 to 32 of A-Z a-z 0-9 . _ -';

export function isKid(value: unknown): value is string {
  return typeof value === 'string' && KID.test(value);
}

/**
 * An error about the key ring as a whole.
 *
 * @param problem What goes on from its source, such as `holds no key`.
 */
export function invalidRing(source: string, problem: string): KeyringInvalidError {
  return new KeyringInvalidError(`${source} ${problem}`);
}

/** An error about the key at `position` (the first is 1). An invalid `kid` is not repeated: it may be a secret. */
export function invalidKey(
  source: string,
  position: number,
  kid: unknown,
  problem: string,
): KeyringInvalidError {
  if (!isKid(kid)) return new KeyringInvalidError(`${source}: key ${position} ${problem}`);
  return new KeyringInvalidError(`${source}: key ${position} ("${kid}") ${problem}`, { kid });
}
