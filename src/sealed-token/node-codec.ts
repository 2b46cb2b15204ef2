// Format 1 with node:crypto: the same bytes as with jose, without WebCrypto's way to a thread and back.

import type { SealingKey } from '../key-ring/internal.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import type { SealedTokenCodec } from './codec.js';
import type { SealedTokenParts } from './format.js';
import { writeHeader } from './header.js';
import { IvSource } from './iv-source.js';
import { createCbcHmac } from './node-cbc-hmac.js';
import { createGcm } from './node-gcm.js';

/** The implementation, or `undefined` on a runtime without node:crypto. */
export function createNodeCodec(): SealedTokenCodec | undefined {
  const crypto = nodeBuiltin('node:crypto');
  const isUtf8 = nodeBuiltin('node:buffer')?.isUtf8;
  if (crypto === undefined || isUtf8 === undefined || typeof Buffer === 'undefined') {
    return undefined;
  }

  const ciphers = { A256GCM: createGcm(crypto), 'A256CBC-HS512': createCbcHmac(crypto) };
  const ivs = new IvSource(
    (bytes) => crypto.randomFillSync(bytes),
    () => !buildsSnapshot(),
  );

  function seal(key: SealingKey, token: string, ctx: string): string {
    const cipher = ciphers[key.enc];
    const header = writeHeader(key, ctx);
    const iv = Buffer.allocUnsafe(cipher.ivLength);
    ivs.draw(iv);
    const { ciphertext, tag } = cipher.seal(key, iv, token, Buffer.from(header, 'latin1'));
    return `${header}..${encode(iv)}.${encode(ciphertext)}.${encode(tag)}`;
  }

  function open(key: SealingKey, parts: SealedTokenParts): string | undefined {
    const aad = Buffer.from(parts.encodedHeader, 'latin1');
    const encrypted = { ciphertext: decode(parts.ciphertext), tag: decode(parts.tag) };
    const plaintext = ciphers[key.enc].open(key, decode(parts.iv), encrypted, aad);
    if (plaintext === undefined) return undefined;
    const token = plaintext.toString('utf8');
    // Bytes that are not UTF-8 become U+FFFD; only then is it worth asking whether they were.
    return token.includes('\ufffd') && isUtf8?.(plaintext) !== true ? undefined : token;
  }

  return { seal, open };
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function buildsSnapshot(): boolean {
  return nodeBuiltin('node:v8')?.startupSnapshot?.isBuildingSnapshot?.() === true;
}
