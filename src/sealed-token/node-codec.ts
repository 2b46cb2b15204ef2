// Format 1 with node:crypto: the same bytes as with jose, without WebCrypto's way to a thread and back.
// Synchronous throughout.

import { nodeBuiltin, type SealingKey } from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import type { SealedTokenParts } from './format.js';
import { headerEnd, headerStart } from './header.js';
import { IvSource } from './iv-source.js';
import { createCbcHmac } from './node-cbc-hmac.js';
import { createGcm } from './node-gcm.js';

/** Authenticated encryption with one of the algorithms, on bytes. */
export interface NodeCipher {
  /** Where the IV of the next `seal` goes. Used again each time: this is all synchronous. */
  readonly iv: Buffer;
  seal(key: SealingKey, token: string, aad: Buffer): { ciphertext: Buffer; tag: Buffer };
  /** `undefined` when it is not authentic. */
  open(key: SealingKey, parts: SealedTokenParts, aad: Buffer): Buffer | undefined;
}

/** The implementation, or `undefined` on a runtime without node:crypto. */
export function createNodeCodec(): SealedTokenCodec | undefined {
  const crypto = nodeBuiltin('node:crypto');
  const isUtf8 = nodeBuiltin('node:buffer')?.isUtf8;
  if (crypto === undefined || isUtf8 === undefined) return undefined;

  const ciphers = { A256GCM: createGcm(crypto), 'A256CBC-HS512': createCbcHmac(crypto) };
  const ivs = new IvSource(
    (bytes) => crypto.randomFillSync(bytes),
    () => !buildsSnapshot(),
  );
  return {
    seal(key, token, ctx) {
      const { iv, seal } = ciphers[key.enc];
      const header = headerStart(key).encoded + headerEnd(key, ctx);
      ivs.draw(iv);
      const { ciphertext, tag } = seal(key, token, Buffer.from(header, 'latin1'));
      return `${header}..${encode(iv)}.${encode(ciphertext)}.${encode(tag)}`;
    },
    open(key, parts) {
      const aad = Buffer.from(parts.encodedHeader, 'latin1');
      const plaintext = ciphers[key.enc].open(key, parts, aad);
      if (plaintext === undefined) return undefined;
      const token = plaintext.toString('utf8');
      // Bytes that are not UTF-8 become U+FFFD; only then is it worth asking whether they were.
      return token.includes('\ufffd') && !isUtf8(plaintext) ? undefined : token;
    },
  };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function buildsSnapshot(): boolean {
  return nodeBuiltin('node:v8')?.startupSnapshot?.isBuildingSnapshot?.() === true;
}
