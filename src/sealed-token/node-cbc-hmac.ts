// A256CBC-HS512 (RFC 7518 section 5.2) with node:crypto: encrypt, then authenticate.

import type { KeyObject } from 'node:crypto';
import type { SealingKey } from '../key-ring/internal.js';
import type { NodeCipher } from './node-codec.js';

const ALGORITHM = 'aes-256-cbc';

export function createCbcHmac(crypto: typeof import('node:crypto')): NodeCipher {
  const iv = Buffer.alloc(16);

  // RFC 7518 section 5.2.2.1: over the AAD, the IV, the ciphertext and the AAD's length in bits as
  // 64 bits, cut to the first half.
  function tagOf(mac: KeyObject, aad: Buffer, usedIv: Buffer, ciphertext: Buffer): Buffer {
    const aadBits = Buffer.alloc(8);
    aadBits.writeBigUInt64BE(BigInt(aad.length) * 8n);
    const hmac = crypto.createHmac('sha512', mac);
    hmac.update(aad).update(usedIv).update(ciphertext).update(aadBits);
    return hmac.digest().subarray(0, 32);
  }

  return {
    iv,
    seal(key, token, aad) {
      const { cipher: cipherKey, mac } = keysOf(key);
      const cipher = crypto.createCipheriv(ALGORITHM, cipherKey, iv);
      const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
      return { ciphertext, tag: tagOf(mac, aad, iv, ciphertext) };
    },
    open(key, parts, aad) {
      const { cipher: cipherKey, mac } = keysOf(key);
      const openedIv = Buffer.from(parts.iv, 'base64url');
      const ciphertext = Buffer.from(parts.ciphertext, 'base64url');
      const expected = tagOf(mac, aad, openedIv, ciphertext);
      const tag = Buffer.from(parts.tag, 'base64url');
      if (!crypto.timingSafeEqual(expected, tag)) return undefined;
      const decipher = crypto.createDecipheriv(ALGORITHM, cipherKey, openedIv);
      const start = decipher.update(ciphertext);
      try {
        return Buffer.concat([start, decipher.final()]);
      } catch {
        return undefined; // authentic, but the padding is not one
      }
    },
  };
}

function keysOf({ nodeKeys }: SealingKey): { cipher: KeyObject; mac: KeyObject } {
  if (nodeKeys?.mac === undefined) throw new Error('The key was loaded without node:crypto');
  return { cipher: nodeKeys.cipher, mac: nodeKeys.mac };
}
