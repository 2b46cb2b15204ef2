// The form of a sealed token (format 1): JWE Compact Serialization, RFC 7516 section 7.1, with
// direct encryption, RFC 7518 section 4.5. All that can be checked without opening is checked here.

import { base64urlOf, decodedLength, endsCanonically } from '../runtime/base64url.js';
import { HEADER_START, isForeignHeader, parseHeader, type SealedTokenHeader } from './header.js';

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

/** Takes a sealed token apart; `undefined` when it is not of format 1. */
export function parseSealedToken(compact: string): SealedTokenParts | undefined {
  const headerLength = compact.indexOf('.');
  if (headerLength === -1) return undefined;
  const header = parseHeader(compact.slice(0, headerLength));
  if (header === undefined) return undefined;
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

/** How much of a damaged token has to be left for it to be told from a name. */
const TRACE_LENGTH = 40;

/**
 * Whether a value is a sealed token, possibly damaged or cut short. Such a value is never taken for
 * plaintext. What counts is the start of its header; where that is damaged, the empty second part
 * (`..`) that direct encryption leaves. Tokens of other parties, JWTs among them, are neither.
 */
export function resemblesSealedToken(value: string): boolean {
  if (value.startsWith(HEADER_START)) return true;
  if (value.length < HEADER_START.length) return value !== '' && HEADER_START.startsWith(value);
  if (value.length < TRACE_LENGTH || !value.includes('..')) return false;
  if (value.startsWith('eyJ')) return !isForeignHeader(value.slice(0, value.indexOf('.')));
  return /^[\w.-]*$/.test(value.slice(3));
}

/** The key id in the header of a sealed token, without opening it; `undefined` when it is malformed. */
export function sealedTokenKid(sealed: string): string | undefined {
  return parseSealedToken(sealed)?.header.kid;
}
