// A256GCM (RFC 7518 section 5.3) with node:crypto.

import type { KeyObject } from 'node:crypto';
import type { SealingKey } from '../key-ring/internal.js';
import type { NodeCipher } from './node-cipher.js';

const ALGORITHM = 'aes-256-gcm';

// Always said: without it, node:crypto accepts tags of 4 bytes.
const OPTIONS = { authTagLength: 16 };

export function createGcm(crypto: typeof import('node:crypto')): NodeCipher {
  return {
    ivLength: 12,
    seal(key, iv, token, aad) {
      const cipher = crypto.createCipheriv(ALGORITHM, keyOf(key), iv, OPTIONS);
      cipher.setAAD(aad);
      const ciphertext = cipher.update(token, 'utf8');
      cipher.final(); // nothing: GCM is a stream
      return { ciphertext, tag: cipher.getAuthTag() };
    },
    open(key, iv, { ciphertext, tag }, aad) {
      const decipher = crypto.createDecipheriv(ALGORITHM, keyOf(key), iv, OPTIONS);
      decipher.setAuthTag(tag);
      decipher.setAAD(aad);
      const plaintext = decipher.update(ciphertext);
      try {
        decipher.final();
      } catch {
        return undefined; // not authentic: the plaintext is dropped unread
      }
      return plaintext;
    },
  };
}

function keyOf({ nodeKeys }: SealingKey): KeyObject {
  if (nodeKeys === undefined) throw new Error('The key was loaded without node:crypto');
  return nodeKeys.cipher;
}
