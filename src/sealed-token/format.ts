// The form of a sealed token (format 1): JWE Compact Serialization, RFC 7516 section 7.1, with
// direct encryption, RFC 7518 section 4.5. Everything that can be checked without a key is checked here.

import type { ContentEncryption } from '../key-ring/index.js';
import { isCanonicalBase64url, isContentEncryption, isKid } from '../key-ring/internal.js';

/** The protected header. */
export interface SealedTokenHeader {
  readonly enc: ContentEncryption;
  readonly kid: string;
  /** Absent in a JWE that is well-formed but bound to no place. */
  readonly ctx: string | undefined;
}

/** A sealed token taken apart. The parts are canonical base64url of the lengths that `enc` asks for. */
export interface SealedTokenParts {
  readonly header: SealedTokenHeader;
  readonly compact: string;
  /** The first part as it stands: the additional authenticated data. */
  readonly encodedHeader: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

// Lengths in characters. RFC 7518 section 5.3: GCM has 12 bytes of IV and 16 of tag. Sections 5.2.3
// and 5.2.5: CBC-HS512 has 16 bytes of IV, 32 of tag, and whole blocks of 16.
const LENGTHS = {
  A256GCM: { iv: 16, tag: 22 },
  'A256CBC-HS512': { iv: 22, tag: 43 },
} as const;

/** Takes a sealed token apart, or answers `undefined` when it is not of format 1. */
export function parseSealedToken(compact: string): SealedTokenParts | undefined {
  const [encodedHeader, encryptedKey, iv, ciphertext, tag, ...more] = compact.split('.', 6);
  if (encodedHeader === undefined || iv === undefined) return undefined;
  if (ciphertext === undefined || tag === undefined || more.length > 0) return undefined;
  if (encryptedKey !== '') return undefined;
  const header = parseHeader(encodedHeader);
  if (header === undefined) return undefined;
  const lengths = LENGTHS[header.enc];
  if (iv.length !== lengths.iv || tag.length !== lengths.tag) return undefined;
  if (![iv, ciphertext, tag].every(isCanonicalBase64url)) return undefined;
  if (header.enc === 'A256CBC-HS512') {
    const bytes = Math.floor((ciphertext.length * 3) / 4);
    if (bytes === 0 || bytes % 16 !== 0) return undefined;
  }
  return { header, compact, encodedHeader, iv, ciphertext, tag };
}

// A JSON object whose members are plain strings. The order of members and white space are free:
// other JOSE implementations choose their own. No member needs an escape, so none is read.
const OBJECT = /^[ \t\r\n]*\{([^{}]*)\}[ \t\r\n]*$/;
const MEMBER = /^[ \t\r\n]*"(alg|enc|kid|ctx)"[ \t\r\n]*:[ \t\r\n]*"([\w.-]*)"[ \t\r\n]*$/;

function parseHeader(encoded: string): SealedTokenHeader | undefined {
  if (!isCanonicalBase64url(encoded)) return undefined;
  // Latin-1 is enough: a byte above 0x7f matches nothing below.
  const object = OBJECT.exec(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')));
  const members = new Map<string, string>();
  for (const text of object?.[1]?.split(',') ?? []) {
    const [, name, value] = MEMBER.exec(text) ?? [];
    if (name === undefined || value === undefined || members.has(name)) return undefined;
    members.set(name, value);
  }
  const enc = members.get('enc');
  const kid = members.get('kid');
  if (members.get('alg') !== 'dir' || !isContentEncryption(enc) || !isKid(kid)) return undefined;
  return { enc, kid, ctx: members.get('ctx') };
}

/**
 * Whether a value is, or once was, a sealed token: whole, cut short or damaged. Such a value is never
 * taken for plaintext. The JSON object that a JWE starts with makes `eyJ`; a change in those three
 * characters leaves the empty second part, `..`, behind. E-mail addresses and names are neither.
 */
export function resemblesSealedToken(value: string): boolean {
  if (value.startsWith('eyJ')) return true;
  if (value === 'e' || value === 'ey') return true;
  return value.length >= 40 && value.includes('..') && /^[\w.-]*$/.test(value.slice(3));
}

/** The key id in the header of a sealed token, without opening it; `undefined` when it is malformed. */
export function sealedTokenKid(sealed: string): string | undefined {
  return parseSealedToken(sealed)?.header.kid;
}
