// What an algorithm does with node:crypto. Headers are none of its business.

import type { SealingKey } from '../key-ring/internal.js';

/** What an encryption makes. */
export interface Encrypted {
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/** What a decryption takes. */
export interface EncodedCiphertext {
  readonly iv: Uint8Array;
  /** In base64url, which node:crypto decodes on its way in. */
  readonly ciphertext: string;
  readonly tag: Uint8Array;
}

/** Authenticated encryption with one of the algorithms. */
export interface NodeCipher {
  readonly ivLength: number;
  readonly tagLength: number;
  seal(key: SealingKey, iv: Uint8Array, token: string, aad: Uint8Array): Encrypted;
  /** The plaintext; `undefined` when it is not authentic. */
  open(key: SealingKey, encoded: EncodedCiphertext, aad: Uint8Array): Buffer | undefined;
}
