// Makes a new key, in the forms in which it can be kept. This is the only place where the text of a
// key leaves the package: a key that is in a key ring cannot be read back.

import { checkedOptions, oneOf } from '../checked-options.js';
import { encodeBase64url, zeroableBytes } from '../runtime/base64url.js';
import { type ContentEncryption, KEY_BYTES } from './content-encryption.js';
import { invalidRing, isKid, KID_RULE } from './key-entry.js';
import type { OctetJsonWebKey } from './read-jwks.js';

/** A new key in text. It is secret: print it once, to the person who asked for it. */
export interface GeneratedKey {
  readonly kid: string;
  readonly enc: ContentEncryption;
  /** What `SESSION_ENCRYPTION_KEYS` holds when this is its only key. */
  readonly text: string;
  /** The key as a JWK, to add to a JWK Set. */
  readonly jwk: OctetJsonWebKey;
}

/**
 * Makes a new random key.
 *
 * @param options.kid The key id, 1 to 32 of `A-Z a-z 0-9 . _ -`. The default is this month in UTC
 * and two random characters, such as `2026-11-k7`, so that two people rarely make the same id for different keys.
 * @param options.enc `A256GCM` (the default), or `A256CBC-HS512` for more than 2^32 seals under one key.
 * @throws {KeyringInvalidError} The kid is not one.
 * @throws {OptionInvalidError} Another option does not exist or is invalid.
 * @example
 * const { text } = generateKey({ kid: '2026-11' });
 * console.log(`SESSION_ENCRYPTION_KEYS=${text}`);
 */
export function generateKey(
  options: { kid?: string | undefined; enc?: ContentEncryption | undefined } = {},
): GeneratedKey {
  const { kid, enc } = checkedOptions<Pick<GeneratedKey, 'kid' | 'enc'>>('generateKey', options, {
    kid: kidFrom,
    enc: oneOf(['A256GCM', 'A256CBC-HS512'], 'A256GCM'),
  });
  const bytes = crypto.getRandomValues(zeroableBytes(KEY_BYTES[enc]));
  const k = encodeBase64url(bytes);
  bytes.fill(0);
  const iat = Math.floor(Date.now() / 1000);
  const jwk = { kty: 'oct', kid, alg: enc, use: 'enc', iat, k } as const;
  const text = enc === 'A256GCM' ? `${kid}:${k}` : JSON.stringify({ keys: [jwk] });
  return { kid, enc, text, jwk };
}

function kidFrom(kid: unknown): string {
  if (kid === undefined) return newKid();
  if (!isKid(kid)) throw invalidRing('The kid', `is not one: ${KID_RULE}`);
  return kid;
}

/** What ids end with: no characters that are taken for each other. */
const characters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** This month in UTC and two random characters: two people who make a key at once make two ids. */
function newKid(): string {
  const random = crypto.getRandomValues(new Uint32Array(2));
  const ending = Array.from(random, (number) => characters.charAt(number % characters.length));
  return `${new Date().toISOString().slice(0, 7)}-${ending.join('')}`;
}
