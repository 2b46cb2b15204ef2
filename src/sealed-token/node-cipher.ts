// What an algorithm does with node:crypto. Headers are none of its business.

import type { SealingKey } from '../key-ring/internal.js';

/** What an encryption makes. */
export interface Encrypted {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** Authenticated encryption with one of the algorithms. */
export interface NodeCipher {
  readonly ivLength: number;
  seal(key: SealingKey, iv: Uint8Array, token: string, aad: Uint8Array): Encrypted;
  /** The plaintext; `undefined` when it is not authentic. */
  open(key: SealingKey, iv: Uint8Array, encrypted: Encrypted, aad: Uint8Array): Buffer | undefined;
}
