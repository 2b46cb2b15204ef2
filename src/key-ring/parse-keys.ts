// Reads keys from text: `kid:base64url[,kid:base64url…]`, or a JWK Set in JSON.

import { parseJson } from '../parse-json.js';
import { decodeBase64url } from '../runtime/base64url.js';
import { KEY_BYTES } from './content-encryption.js';
import { invalidKey, invalidRing, isKid, type KeyEntry, KID_RULE } from './key-entry.js';
import {
  isHex,
  mistakeInJson,
  mistakeInText,
  mistakeInValue,
  mistakeWithoutId,
} from './key-mistakes.js';
import { readJwks } from './read-jwks.js';

/** The keys in `text`, in order. `source` is what error messages call it. */
export function parseKeys(text: string, source: string): KeyEntry[] {
  const trimmed = text.trim(); // also a byte order mark, and the line end of a file
  if (trimmed === '') throw invalidRing(source, 'holds no key');
  const mistake = mistakeInText(trimmed);
  if (mistake !== undefined) throw invalidRing(source, mistake);
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    // The parser's own error quotes the text.
    const jwks = parseJson(trimmed);
    if (jwks === undefined) throw invalidRing(source, mistakeInJson(trimmed));
    return readJwks(jwks, source);
  }
  return trimmed.split(',').map((entry, i) => parseEntry(entry.trim(), i + 1, source));
}

function parseEntry(entry: string, position: number, source: string): KeyEntry {
  const fail = (kid: unknown, problem: string) => invalidKey(source, position, kid, problem);
  if (entry === '') throw fail(undefined, 'is empty; remove the extra comma');
  const colon = entry.indexOf(':');
  if (colon === -1) throw fail(undefined, mistakeWithoutId(entry));
  const kid = entry.slice(0, colon);
  if (!isKid(kid)) throw fail(undefined, `has a key id that is not one: ${KID_RULE}`);
  const value = entry.slice(colon + 1);
  const bytes = decodeBase64url(value);
  if (bytes?.length === KEY_BYTES.A256GCM && !isHex(value)) return { kid, enc: 'A256GCM', bytes };
  // What is longer than the key after it may be a secret, and not its id.
  const shownKid = kid.length > 10 && kid.length > value.length ? undefined : kid;
  if (bytes === undefined || isHex(value)) throw fail(shownKid, mistakeInValue(value));
  const { length } = bytes;
  bytes.fill(0);
  throw fail(
    shownKid,
    length === KEY_BYTES['A256CBC-HS512']
      ? 'is 64 bytes long; kid:base64url is for 32 bytes, put a key for A256CBC-HS512 in a JWK Set'
      : `is ${length} bytes long; a key is 32 random bytes, in base64url 43 characters`,
  );
}
