// A256GCM (RFC 7518 section 5.3) with node:crypto.

import type { SealingKey } from '../key-ring/internal.js';
import type { NodeCipher } from './node-codec.js';

const ALGORITHM = 'aes-256-gcm';

// Always said: without it, node:crypto accepts tags of 4 bytes.
const OPTIONS = { authTagLength: 16 };

export function createGcm(crypto: typeof import('node:crypto')): NodeCipher {
  const iv = Buffer.alloc(12);
  const openedIv = Buffer.alloc(12);
  const openedTag = Buffer.alloc(16);
  return {
    iv,
    seal(key, token, aad) {
      const cipher = crypto.createCipheriv(ALGORITHM, keyOf(key), iv, OPTIONS);
      cipher.setAAD(aad);
      const ciphertext = cipher.update(token, 'utf8');
      cipher.final(); // nothing: GCM is a stream
      return { ciphertext, tag: cipher.getAuthTag() };
    },
    open(key, parts, aad) {
      openedIv.write(parts.iv, 'base64url');
      openedTag.write(parts.tag, 'base64url');
      const decipher = crypto.createDecipheriv(ALGORITHM, keyOf(key), openedIv, OPTIONS);
      decipher.setAuthTag(openedTag);
      decipher.setAAD(aad);
      const plaintext = decipher.update(parts.ciphertext, 'base64url');
      try {
        decipher.final();
      } catch {
        return undefined; // not authentic: the plaintext is dropped unread
      }
      return plaintext;
    },
  };
}

function keyOf({ nodeKeys }: SealingKey) {
  if (nodeKeys === undefined) throw new Error('The key was loaded without node:crypto');
  return nodeKeys.cipher;
}
