// Format 1 with node:crypto: the same bytes as with jose, without WebCrypto's way to a thread and back.
//
// Synchronous throughout, so that the buffers below can serve each token in turn. What they hold is
// public: headers, IVs, ciphertext and tags.

import {
  decodeBase64urlInto,
  decodedLength,
  encodeBase64urlInto,
  nodeBuiltin,
  type SealingKey,
} from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import type { SealedTokenParts } from './format.js';
import { headerEnd, headerStart } from './header.js';
import { IvSource } from './iv-source.js';
import { createCbcHmac } from './node-cbc-hmac.js';
import { createGcm } from './node-gcm.js';
import { ScratchBuffer } from './scratch-buffer.js';

const DOT = 0x2e;

/** From so many bytes on, Buffer's own base64url is faster, in spite of the way into the runtime. */
const LONG = 256;

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
  const aadBuffer = new ScratchBuffer(256);
  const ivBuffer = new ScratchBuffer(16);
  const tagBuffer = new ScratchBuffer(32);
  const ciphertextBuffer = new ScratchBuffer(2048);
  const compactBuffer = new ScratchBuffer(4096);

  function seal(key: SealingKey, token: string, ctx: string): string {
    const cipher = ciphers[key.enc];
    const start = headerStart(key).encoded;
    const end = headerEnd(key, ctx);
    const aad = aadBuffer.take(start.length + end.length);
    aad.write(start, 0, 'latin1');
    aad.write(end, start.length, 'latin1');
    const iv = ivBuffer.take(cipher.ivLength);
    ivs.draw(iv);
    const { ciphertext, tag } = cipher.seal(key, iv, token, aad);
    // 4 characters for 3 bytes; IV, tag, dots and incomplete groups take less than 80.
    const out = compactBuffer.takeAtLeast(aad.length + Math.ceil(ciphertext.length / 3) * 4 + 80);
    out.set(aad);
    let at = aad.length;
    out[at++] = DOT;
    out[at++] = DOT;
    at = encodeBase64urlInto(out, at, iv);
    out[at++] = DOT;
    if (ciphertext.length < LONG) at = encodeBase64urlInto(out, at, ciphertext);
    else at += out.write(ciphertext.toString('base64url'), at, 'latin1');
    out[at++] = DOT;
    at = encodeBase64urlInto(out, at, tag);
    return out.toString('latin1', 0, at);
  }

  function open(key: SealingKey, parts: SealedTokenParts): string | undefined {
    const { compact, headerLength, ivStart, ivEnd, tagStart } = parts;
    const cipher = ciphers[key.enc];
    const aad = aadBuffer.take(headerLength);
    aad.write(compact, 0, headerLength, 'latin1');
    const iv = ivBuffer.take(cipher.ivLength);
    decodeBase64urlInto(iv, compact, ivStart, ivEnd);
    const tag = tagBuffer.take(cipher.tagLength);
    decodeBase64urlInto(tag, compact, tagStart, compact.length);
    const [ciphertextStart, ciphertextEnd] = [ivEnd + 1, tagStart - 1];
    const ciphertext = ciphertextBuffer.take(decodedLength(ciphertextEnd - ciphertextStart));
    if (ciphertext.length < LONG) {
      decodeBase64urlInto(ciphertext, compact, ciphertextStart, ciphertextEnd);
    } else {
      ciphertext.write(compact.slice(ciphertextStart, ciphertextEnd), 'base64url');
    }
    const plaintext = cipher.open(key, { iv, ciphertext, tag }, aad);
    if (plaintext === undefined) return undefined;
    const token = plaintext.toString('utf8');
    // Bytes that are not UTF-8 become U+FFFD; only then is it worth asking whether they were.
    return token.includes('\ufffd') && isUtf8?.(plaintext) !== true ? undefined : token;
  }

  return { seal, open };
}

function buildsSnapshot(): boolean {
  return nodeBuiltin('node:v8')?.startupSnapshot?.isBuildingSnapshot?.() === true;
}
