// How much room a sealed token needs, for declaring the column that holds it.

import { wholeNumber } from '../checked-options.js';
import type { ContentEncryption, Keyring } from '../key-ring/index.js';
import { keysOf } from '../key-ring/internal.js';
import { CONTEXT_LENGTH } from './context.js';
import { BODIES } from './format.js';
import { writeHeader } from './header.js';

/** The length of Shopify's access tokens as they are issued today: a prefix of 6 and 32 hex digits. */
const ACCESS_TOKEN_LENGTH = 38;

/**
 * The length of a sealed token under the key ring's primary key: what a `VARCHAR` must hold.
 *
 * @param tokenLength The length of the token in bytes of UTF-8. Default: 38, an access token's.
 * @returns Characters, all of them ASCII.
 * @throws {OptionInvalidError} An argument is invalid.
 * @example
 * sealedTokenLength(keyring); // 187 under a key of 7 characters' id
 * sealedTokenLength(keyring, 255); // 476
 */
export function sealedTokenLength(keyring: Keyring, tokenLength?: number): number {
  const bytes = wholeNumber(ACCESS_TOKEN_LENGTH, { from: 0, to: Number.MAX_SAFE_INTEGER })(
    tokenLength,
    'tokenLength',
  );
  const key = keysOf(keyring).current().primary;
  const header = writeHeader(key, 'x'.repeat(CONTEXT_LENGTH));
  const { ivLength, tagLength } = BODIES[key.enc];
  const ciphertext = Math.ceil((ciphertextBytes(key.enc, bytes) * 4) / 3);
  return header.length + '..'.length + ivLength + '.'.length + ciphertext + '.'.length + tagLength;
}

/** PKCS #7 padding adds 1 to 16 bytes, RFC 7518 section 5.2.2.1; GCM pads nothing. */
function ciphertextBytes(enc: ContentEncryption, bytes: number): number {
  return enc === 'A256GCM' ? bytes : 16 * (Math.floor(bytes / 16) + 1);
}
