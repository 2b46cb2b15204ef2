// The form of a sealed token (format 1): JWE Compact Serialization, RFC 7516 section 7.1, with
// direct encryption, RFC 7518 section 4.5. All that can be checked without opening is checked here.

import { base64urlOf, decodedLength, isCanonicalBase64url } from '../runtime/base64url.js';
import {
  HEADER_START,
  isForeignHeader,
  parseHeader,
  type SealedTokenHeader,
  type WrittenHeader,
} from './header.js';

/** A sealed token taken apart: `header..iv.ciphertext.tag`, each in canonical base64url. */
export interface SealedTokenParts {
  readonly compact: string;
  readonly header: SealedTokenHeader;
  /** The header as it stands, which is the additional authenticated data. */
  readonly encodedHeader: string;
  /** IV and tag have the lengths that `enc` asks for. */
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
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
    pattern: new RegExp(`^\\.\\.(${iv})\\.([^.]*)\\.(${tag})$`),
    ivLength: Math.ceil((ivBytes * 4) / 3),
    tagLength: Math.ceil((tagBytes * 4) / 3),
  };
}

/**
 * Takes a sealed token apart; `undefined` when it is not of format 1.
 *
 * @param likely The header that it is likely to have, and that need not be read then.
 */
export function parseSealedToken(
  compact: string,
  likely?: WrittenHeader,
): SealedTokenParts | undefined {
  const headerLength = compact.indexOf('.');
  if (headerLength === -1) return undefined;
  const encodedHeader = compact.slice(0, headerLength);
  const header = encodedHeader === likely?.encoded ? likely.header : parseHeader(encodedHeader);
  if (header === undefined) return undefined;
  const body = BODIES[header.enc].pattern.exec(compact.slice(headerLength));
  if (body === null) return undefined;
  const { 1: iv, 2: ciphertext, 3: tag } = body;
  if (iv === undefined || ciphertext === undefined || tag === undefined) return undefined;
  if (!isCanonicalBase64url(ciphertext)) return undefined;
  if (header.enc === 'A256CBC-HS512') {
    const bytes = decodedLength(ciphertext.length);
    if (bytes === 0 || bytes % 16 !== 0) return undefined;
  }
  return { compact, header, encodedHeader, iv, ciphertext, tag };
}

/**
 * The header of a value that begins as a sealed token, whole or cut short. Which key a damaged token needed
 * is what its header says, as it is for a whole one until it opens.
 */
export function headerOf(value: string): SealedTokenHeader | undefined {
  return parseHeader(value.split('.', 1)[0] ?? '');
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
