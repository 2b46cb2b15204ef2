// What an algorithm does with node:crypto, on bytes. Neither encoding nor headers are its business.

import type { SealingKey } from '../key-ring/internal.js';

/** What an encryption makes, and a decryption takes. */
export interface Encrypted {
  readonly iv: Uint8Array;
  readonly ciphertext: Buffer;
  readonly tag: Uint8Array;
}

/** Authenticated encryption with one of the algorithms. */
export interface NodeCipher {
  readonly ivLength: number;
  readonly tagLength: number;
  seal(key: SealingKey, iv: Uint8Array, token: string, aad: Uint8Array): Encrypted;
  /** The plaintext; `undefined` when it is not authentic. */
  open(key: SealingKey, encrypted: Encrypted, aad: Uint8Array): Buffer | undefined;
}
