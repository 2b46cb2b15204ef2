// What an implementation of format 1 does: encrypt and authenticate, nothing else. Which token goes
// where, and what an error says, is decided above it, once, so that implementations cannot differ.

import type { SealingKey } from '../key-ring/internal.js';
import type { SealedTokenParts } from './format.js';
import type { WrittenHeader } from './header.js';

export interface SealedTokenCodec {
  /** Seals well-formed text, with a fresh IV, into the compact form. The header is one under `key`. */
  seal(key: SealingKey, token: string, header: WrittenHeader): string | Promise<string>;
  /**
   * The plaintext, or `undefined` when the token is not authentic or not UTF-8. The key has the
   * `enc` that the header names.
   */
  open(key: SealingKey, parts: SealedTokenParts): string | undefined | Promise<string | undefined>;
}
