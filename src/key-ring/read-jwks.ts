// Reads keys from a JWK Set (RFC 7517). Stricter than the RFC, which lets a reader skip what it does
// not understand: a key that is skipped is a key that is missing when a session needs it.

import { decodeBase64url } from '../runtime/base64url.js';
import { isContentEncryption, KEY_BYTES } from './content-encryption.js';
import { invalidKey, invalidRing, isKid, type KeyEntry, KID_RULE } from './key-entry.js';
import { mistakeInJwks } from './key-mistakes.js';

/** A symmetric key as a JWK (RFC 7517, RFC 7518 section 6.4). */
export interface OctetJsonWebKey {
  /** `oct`. */
  readonly kty?: string | undefined;
  /** The key id: 1 to 32 of `A-Z a-z 0-9 . _ -`. */
  readonly kid?: string | undefined;
  /** `A256GCM` (32 bytes) or `A256CBC-HS512` (64 bytes). */
  readonly alg?: string | undefined;
  /** The key itself, in base64url. */
  readonly k?: string | undefined;
  /** `enc` when given. */
  readonly use?: string | undefined;
  /** When the key was made, in seconds since the epoch; no claim of RFC 7517, but kept by many. */
  readonly iat?: number | undefined;
  /** When given: `decrypt`, and `encrypt` too for the first key. */
  readonly key_ops?: readonly string[] | undefined;
}

/** A JWK Set (RFC 7517 section 5). The first key seals; the others only open. */
export interface JsonWebKeySet {
  readonly keys: readonly OctetJsonWebKey[];
}

/** The keys of a JWK Set, in order. `source` is what error messages call it. */
export function readJwks(jwks: unknown, source: string): KeyEntry[] {
  if (!isObject(jwks)) throw invalidRing(source, 'is not a JWK Set: {"keys": […]}');
  const { keys } = jwks;
  if (!Array.isArray(keys)) {
    throw invalidRing(source, mistakeInJwks(jwks));
  }
  return keys.map((jwk: unknown, i) => readJwk(jwk, i + 1, source));
}

function readJwk(jwk: unknown, position: number, source: string): KeyEntry {
  const kid = isObject(jwk) ? jwk.kid : undefined;
  const fail = (problem: string) => invalidKey(source, position, kid, problem);
  if (!isObject(jwk)) throw fail('is not a JWK');
  const { kty, alg, use, key_ops: operations, k, iat } = jwk;
  if (kid === undefined) throw fail('has no "kid"');
  if (!isKid(kid)) throw fail(`has a "kid" that is not a key id: ${KID_RULE}`);
  if (kty !== 'oct') throw fail('is not a symmetric key: its "kty" must be "oct"');
  if (!isContentEncryption(alg)) {
    throw fail('must say its "alg": "A256GCM" (32 bytes) or "A256CBC-HS512" (64 bytes)');
  }
  if (use !== undefined && use !== 'enc')
    throw fail('is not for encryption: its "use" must be "enc"');
  if (operations !== undefined) {
    const needed = position === 1 ? ['encrypt', 'decrypt'] : ['decrypt'];
    if (!Array.isArray(operations) || !needed.every((name) => operations.includes(name))) {
      throw fail(`must allow ${needed.join(' and ')} in its "key_ops"`);
    }
  }
  const createdAt = typeof iat === 'number' ? iat * 1000 : undefined;
  // Milliseconds are of a year after 5000.
  if (iat !== undefined && !(createdAt !== undefined && Math.abs(createdAt) < 1e14)) {
    throw fail('has an "iat" that is not a number of seconds');
  }
  const bytes = typeof k === 'string' ? decodeBase64url(k) : undefined;
  if (bytes === undefined) throw fail('has a "k" that is not base64url');
  if (bytes.length !== KEY_BYTES[alg]) {
    bytes.fill(0);
    throw fail(`is ${bytes.length} bytes long; a key for ${alg} has ${KEY_BYTES[alg]}`);
  }
  return { kid, enc: alg, bytes, createdAt };
}

type Members = { readonly [Name in keyof OctetJsonWebKey | keyof JsonWebKeySet]?: unknown };

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
