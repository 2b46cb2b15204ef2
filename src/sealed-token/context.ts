// What a sealed token is bound to: its session, its shop and its field.

import { encodeBase64url } from '../runtime/base64url.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { sha256 } from '../runtime/sha256.js';

/** The place of a token. A sealed token opens in the place it was sealed for, and nowhere else. */
export interface TokenContext {
  /** The session's `id`. */
  readonly sessionId: string;
  /** The session's `shop`. */
  readonly shop: string;
  /** `accessToken`, `refreshToken`, `onlineAccessInfo.associated_user.email`, … */
  readonly field: string;
}

/** The length of `ctx`, in characters. */
export const CONTEXT_LENGTH = 16;

/**
 * The header member `ctx`: BASE64URL of the first 12 bytes of
 * SHA-256(UTF-8(JSON.stringify([field, sessionId, shop]))). JSON keeps the three apart whatever they
 * contain, and escapes lone surrogates, so no two places share a text.
 */
export function encodeContext({ field, sessionId, shop }: TokenContext): string {
  return digest(JSON.stringify([field, sessionId, shop]));
}

const hash = nodeBuiltin('node:crypto')?.hash; // from Node 20.12; Deno and Bun may lack it
const encoder = new TextEncoder();

const digest: (text: string) => string =
  typeof hash === 'function'
    ? (text) => hash('sha256', text, 'base64url').slice(0, CONTEXT_LENGTH)
    : (text) => encodeBase64url(sha256(encoder.encode(text)).subarray(0, 12));
