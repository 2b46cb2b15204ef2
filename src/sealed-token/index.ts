// Sealed tokens (format 1): a token as a standard JWE that opens in its own place only.

import type { Awaitable } from '../awaitable.js';
import type { Keyring } from '../key-ring/index.js';
import type { SealedTokenCodec } from './codec.js';
import type { TokenContext } from './context.js';
import { joseCodec } from './jose-codec.js';
import { createNodeCodec } from './node-codec.js';
import { type OpenedToken, openWith } from './open-token.js';
import { type SealedToken, sealWith } from './seal-token.js';

export type { TokenContext } from './context.js';
export { headerOf, resemblesSealedToken, sealedTokenKid } from './format.js';
export { HEADER_START as sealedTokenStart } from './header.js';
export type { OpenedToken } from './open-token.js';
export type { SealedToken } from './seal-token.js';
export { sealedTokenLength } from './sealed-token-length.js';

const codec: SealedTokenCodec = createNodeCodec() ?? joseCodec;

/**
 * Seals a token with the key ring's primary key for one context.
 *
 * @param token Well-formed Unicode of any length, the empty string included (absent tokens are the caller's business).
 * @returns JWE Compact Serialization, RFC 7516; 187 characters for a 38-character token under a 7-character kid.
 * @throws {SessionInvalidError} The token has half of a surrogate pair.
 * @example
 * const { sealedToken } = await sealToken(keyring, 'shpat_…', { sessionId, shop, field: 'accessToken' });
 */
export function sealToken(
  keyring: Keyring,
  token: string,
  context: TokenContext,
): Awaitable<SealedToken> {
  return sealWith(codec, keyring, token, context);
}

/**
 * Opens a sealed token with the one key that it names.
 *
 * @throws {TokenUnreadableError} It is not of format 1, or not authentic: damaged, cut short, tampered with.
 * @throws {KeyUnknownError} The key ring does not hold the key it names.
 * @throws {TokenContextError} It is authentic, and was sealed for another session, shop or field.
 * @example
 * const { token, kid } = await openToken(keyring, row.accessToken, { sessionId, shop, field: 'accessToken' });
 */
export function openToken(
  keyring: Keyring,
  sealed: string,
  context: TokenContext,
): Awaitable<OpenedToken> {
  return openWith(codec, keyring, sealed, context);
}
