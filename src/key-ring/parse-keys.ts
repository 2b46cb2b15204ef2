// Reads keys from text: `kid:base64url[,kid:base64url…]`, or a JWK Set in JSON. The mistakes people
// make when they copy keys about are named, so that the message says what to change.

import type { KeyringInvalidError } from '../errors.js';
import { decodeBase64url } from '../runtime/base64url.js';
import { KEY_BYTES } from './content-encryption.js';
import { invalidKey, invalidRing, isKid, type KeyEntry, KID_RULE } from './key-entry.js';
import { readJwks } from './read-jwks.js';

/** The keys in `text`, in order. `source` is what error messages call it. */
export function parseKeys(text: string, source: string): KeyEntry[] {
  const trimmed = text.trim(); // also a byte order mark, and the line end of a file
  if (trimmed === '') throw invalidRing(source, 'holds no key');
  if (/^["'`]/.test(trimmed)) {
    throw invalidRing(source, 'starts with a quotation mark; remove the quotes around the value');
  }
  if (/^(export\s+)?SESSION_ENCRYPTION_KEYS\s*=/.test(trimmed)) {
    throw invalidRing(source, 'repeats the variable’s name; remove everything up to the "="');
  }
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    return readJwks(parseJson(trimmed, source), source);
  }
  return trimmed.split(',').map((entry, i) => parseEntry(entry.trim(), i + 1, source));
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Without a cause: the parser's message quotes the text.
    throw invalidRing(source, 'starts like a JWK Set but is not valid JSON');
  }
}

function parseEntry(entry: string, position: number, source: string): KeyEntry {
  const fail = (kid: unknown, problem: string) => invalidKey(source, position, kid, problem);
  if (entry === '') throw fail(undefined, 'is empty; remove the extra comma');
  const colon = entry.indexOf(':');
  if (colon === -1) {
    throw fail(undefined, 'has no key id; each key is written kid:base64url');
  }
  const kid = entry.slice(0, colon);
  if (!isKid(kid)) throw fail(undefined, `has a key id that is not one: ${KID_RULE}`);
  const value = entry.slice(colon + 1);
  const bytes = decodeBase64url(value);
  if (bytes === undefined || isHex(value)) throw notAKey(value, kid, fail);
  if (bytes.length !== KEY_BYTES.A256GCM) {
    const { length } = bytes;
    bytes.fill(0);
    throw fail(
      kid,
      length === KEY_BYTES['A256CBC-HS512']
        ? 'is 64 bytes long; kid:base64url is for 32 bytes, put a key for A256CBC-HS512 in a JWK Set'
        : `is ${length} bytes long; a key is 32 random bytes, in base64url 43 characters`,
    );
  }
  return { kid, enc: 'A256GCM', bytes };
}

function isHex(value: string): boolean {
  return value.length >= 32 && /^[0-9a-f]+$/i.test(value) && value.length !== 43;
}

function notAKey(
  value: string,
  kid: string,
  fail: (kid: unknown, problem: string) => KeyringInvalidError,
): KeyringInvalidError {
  if (isHex(value)) return fail(kid, 'is in hexadecimal; write it in base64url');
  if (/^["'`]|["'`]$/.test(value)) return fail(kid, 'has quotes around it; remove them');
  if (/[\r\n]/.test(value)) {
    return fail(kid, 'has a line break in it; separate keys with commas');
  }
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    return fail(
      kid,
      /[+/=]/.test(value)
        ? 'is in standard base64; write it in base64url: "-" for "+", "_" for "/", no "="'
        : 'is not canonical base64url; some of it is missing or changed',
    );
  }
  return fail(kid, 'is not base64url; a key is 32 random bytes, not a passphrase');
}
