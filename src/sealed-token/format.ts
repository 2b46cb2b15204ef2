// The form of a sealed token (format 1): JWE Compact Serialization, RFC 7516 section 7.1, with
// direct encryption, RFC 7518 section 4.5. All that can be checked without opening is checked here.

import type { SealingKey } from '../key-ring/internal.js';
import { base64urlOf, decodedLength, endsCanonically } from '../runtime/base64url.js';
import type { Binding } from './binding.js';
import { headerStart, parseHeader, type SealedTokenHeader } from './header.js';

/** A sealed token taken apart: `header..iv.ciphertext.tag`, by positions in the text. */
export interface SealedTokenParts {
  readonly header: SealedTokenHeader;
  readonly compact: string;
  /** The length of the first part, which is the additional authenticated data as it stands. */
  readonly headerLength: number;
  /** The parts from here on are canonical base64url, IV and tag of the lengths that `enc` asks for. */
  readonly ivStart: number;
  readonly ivEnd: number;
  /** The ciphertext lies between `ivEnd` and here, a dot on either side. */
  readonly tagStart: number;
}

// RFC 7518 section 5.3: GCM has 12 bytes of IV and 16 of tag. Sections 5.2.3 and 5.2.5: CBC-HS512
// has 16 bytes of IV, 32 of tag, and whole blocks of 16.
export const BODIES = {
  A256GCM: body(12, 16),
  'A256CBC-HS512': body(16, 32),
} as const;

/** What follows the header: an empty encrypted key, IV, ciphertext, tag. */
function body(ivBytes: number, tagBytes: number) {
  const [iv, tag] = [base64urlOf(ivBytes), base64urlOf(tagBytes)];
  return {
    // One pass of a regular expression takes a tenth of the time that a loop takes.
    pattern: new RegExp(`\\.\\.${iv}\\.[\\w-]*\\.${tag}$`, 'y'),
    ivLength: Math.ceil((ivBytes * 4) / 3),
    tagLength: Math.ceil((tagBytes * 4) / 3),
  };
}

/** Takes a sealed token apart, or answers `undefined` when it is not of format 1. */
export function parseSealedToken(compact: string): SealedTokenParts | undefined {
  const dot = compact.indexOf('.');
  if (dot === -1) return undefined;
  const header = parseHeader(compact.slice(0, dot));
  return header === undefined ? undefined : parseBody(compact, dot, header);
}

/**
 * The same for a token whose header is, byte for byte, the one that this package writes under one of
 * `keys` for the place: nearly every token there is, at a tenth of the cost of reading the header.
 */
export function parseExpectedToken(
  compact: string,
  binding: Binding,
  keys: Iterable<SealingKey>,
): SealedTokenParts | undefined {
  const { lastHeader } = binding;
  // Which text it is, is all that counts: whether its key is in the ring is asked later.
  if (lastHeader !== undefined && compact.startsWith(lastHeader.encoded)) {
    return parseBody(compact, lastHeader.encoded.length, lastHeader);
  }
  for (const key of keys) {
    if (!compact.startsWith(headerStart(key).encoded)) continue;
    const header = binding.headerUnder(key);
    if (!compact.startsWith(header.encoded)) return undefined;
    return parseBody(compact, header.encoded.length, header);
  }
  return undefined;
}

function parseBody(
  compact: string,
  headerLength: number,
  header: SealedTokenHeader,
): SealedTokenParts | undefined {
  const { pattern, ivLength, tagLength } = BODIES[header.enc];
  pattern.lastIndex = headerLength;
  if (!pattern.test(compact)) return undefined;
  const ivStart = headerLength + 2;
  const ivEnd = ivStart + ivLength;
  const tagStart = compact.length - tagLength;
  const ciphertextLength = tagStart - ivEnd - 2;
  if (!endsCanonically(compact.charAt(tagStart - 2), ciphertextLength)) return undefined;
  if (header.enc === 'A256CBC-HS512') {
    const bytes = decodedLength(ciphertextLength);
    if (bytes === 0 || bytes % 16 !== 0) return undefined;
  }
  return { header, compact, headerLength, ivStart, ivEnd, tagStart };
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
