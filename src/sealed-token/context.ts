// What a sealed token is bound to: its session, its shop and its field.

import { encodeBase64url, sha256 } from '../key-ring/internal.js';

/** The place of a token. A sealed token opens in the place it was sealed for, and nowhere else. */
export interface TokenContext {
  /** The session's `id`. */
  readonly sessionId: string;
  /** The session's `shop`. */
  readonly shop: string;
  /** `accessToken`, `refreshToken`, `onlineAccessInfo.associated_user.email`, … */
  readonly field: string;
}

const encoder = new TextEncoder();

/**
 * The header member `ctx`: BASE64URL of the first 12 bytes of
 * SHA-256(UTF-8(JSON.stringify([field, sessionId, shop]))), 16 characters. JSON keeps the three
 * apart whatever they contain, and escapes lone surrogates, so no two places share a text.
 */
export function contextOf({ field, sessionId, shop }: TokenContext): string {
  const digest = sha256(encoder.encode(JSON.stringify([field, sessionId, shop])));
  return encodeBase64url(digest.subarray(0, 12));
}
