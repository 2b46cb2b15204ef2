// What an implementation of format 1 does: encrypt and authenticate, nothing else. Callers choose the
// context and the errors, so that implementations cannot differ.

import type { Awaitable } from '../awaitable.js';
import type { SealingKey } from '../key-ring/internal.js';
import type { SealedTokenParts } from './format.js';

export interface SealedTokenCodec {
  /** Seals well-formed text, with a fresh IV, into the compact form. */
  seal(key: SealingKey, token: string, ctx: string): Awaitable<string>;
  /**
   * The plaintext, or `undefined` when the token is not authentic or not UTF-8. The key has the
   * `enc` that the header names.
   */
  open(key: SealingKey, parts: SealedTokenParts): Awaitable<string | undefined>;
}
