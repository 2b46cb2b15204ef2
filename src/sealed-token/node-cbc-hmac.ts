// A256CBC-HS512 (RFC 7518 section 5.2) with node:crypto: encrypt, then authenticate.

import type { KeyObject } from 'node:crypto';
import type { SealingKey } from '../key-ring/internal.js';
import type { NodeCipher } from './node-cipher.js';

const ALGORITHM = 'aes-256-cbc';
const TAG_LENGTH = 32;

export function createCbcHmac(crypto: typeof import('node:crypto')): NodeCipher {
  // RFC 7518 section 5.2.2.1: over the AAD, the IV, the ciphertext and the AAD's length in bits as
  // 64 bits, cut to the first half.
  function tagOf(mac: KeyObject, iv: Uint8Array, ciphertext: Buffer, aad: Uint8Array): Buffer {
    const aadBits = Buffer.alloc(8);
    aadBits.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const hmac = crypto.createHmac('sha512', mac);
    hmac.update(aad).update(iv).update(ciphertext).update(aadBits);
    return hmac.digest().subarray(0, TAG_LENGTH);
  }

  return {
    ivLength: 16,
    seal(key, iv, token, aad) {
      const keys = cipherAndMacKeys(key);
      const cipher = crypto.createCipheriv(ALGORITHM, keys.cipher, iv);
      const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
      return { ciphertext, tag: tagOf(keys.mac, iv, ciphertext, aad) };
    },
    open(key, iv, { ciphertext, tag }, aad) {
      const keys = cipherAndMacKeys(key);
      const expected = tagOf(keys.mac, iv, ciphertext, aad);
      if (!crypto.timingSafeEqual(expected, tag)) return undefined;
      const decipher = crypto.createDecipheriv(ALGORITHM, keys.cipher, iv);
      const start = decipher.update(ciphertext);
      try {
        return Buffer.concat([start, decipher.final()]);
      } catch {
        return undefined; // authentic, but its padding is not one
      }
    },
  };
}

function cipherAndMacKeys({ nodeKeys }: SealingKey): { cipher: KeyObject; mac: KeyObject } {
  if (nodeKeys?.mac === undefined) throw new Error('The key was loaded without node:crypto');
  return { cipher: nodeKeys.cipher, mac: nodeKeys.mac };
}
