// One key: its id, its algorithm, and its bytes in the form that each implementation of
// the sealed token wants. The bytes are private to this class and leave it only towards a cipher.

import type { KeyObject, webcrypto } from 'node:crypto';
import { zeroableBytes } from '../runtime/base64url.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { sha256 } from '../runtime/sha256.js';
import { type ContentEncryption, KEY_BYTES } from './content-encryption.js';

const createSecretKey = nodeBuiltin('node:crypto')?.createSecretKey;

/** What node:crypto needs: the cipher's key, and the MAC's for A256CBC-HS512. */
export interface NodeKeys {
  readonly cipher: KeyObject;
  readonly mac: KeyObject | undefined;
}

export class SealingKey {
  readonly kid: string;
  readonly enc: ContentEncryption;
  /** Tells keys apart, across machines too, and gives nothing of the key away. 12 hex digits. */
  readonly fingerprint: string;
  /** When it was made, in milliseconds since the epoch, where that is known. */
  readonly createdAt: number | undefined;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #nodeKeys: NodeKeys | undefined;
  #joseKey: webcrypto.CryptoKey | undefined;

  /** Takes the bytes over: they are zeroed once an opaque key has been made of them. */
  constructor(
    kid: string,
    enc: ContentEncryption,
    bytes: Uint8Array<ArrayBuffer>,
    createdAt?: number,
  ) {
    this.kid = kid;
    this.createdAt = createdAt;
    this.enc = enc;
    this.fingerprint = fingerprintOf(enc, bytes);
    if (createSecretKey === undefined) {
      this.#bytes = bytes;
      return;
    }
    // RFC 7518 section 5.2.2.1: the MAC's key is the first half, the cipher's the second.
    const half = enc === 'A256CBC-HS512' ? bytes.length / 2 : 0;
    this.#nodeKeys = {
      cipher: createSecretKey(bytes.subarray(half)),
      mac: half > 0 ? createSecretKey(bytes.subarray(0, half)) : undefined,
    };
    bytes.fill(0);
  }

  /** The keys for node:crypto, or `undefined` on a runtime without it. */
  get nodeKeys(): NodeKeys | undefined {
    return this.#nodeKeys;
  }

  /**
   * Calls `use` with the key as jose wants it: a CryptoKey that cannot be exported for A256GCM, and
   * the bytes for A256CBC-HS512, for which jose takes nothing else.
   */
  async withJoseKey<T>(use: (key: webcrypto.CryptoKey | Uint8Array) => Promise<T>): Promise<T> {
    if (this.enc === 'A256GCM') {
      // Not the promise: one that a request on Cloudflare Workers left behind may never settle.
      return use(this.#joseKey ?? (await this.#importGcmKey()));
    }
    const copy = this.#copyBytes();
    try {
      return await use(copy);
    } finally {
      copy.fill(0);
    }
  }

  async #importGcmKey(): Promise<webcrypto.CryptoKey> {
    const bytes = this.#copyBytes();
    const key = await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ]);
    bytes.fill(0);
    this.#bytes?.fill(0);
    this.#bytes = undefined;
    this.#joseKey = key;
    return key;
  }

  #copyBytes(): Uint8Array<ArrayBuffer> {
    const bytes = zeroableBytes(KEY_BYTES[this.enc]);
    if (this.#bytes !== undefined) {
      bytes.set(this.#bytes);
      return bytes;
    }
    let offset = 0;
    for (const part of [this.#nodeKeys?.mac, this.#nodeKeys?.cipher]) {
      if (part === undefined) continue;
      const exported = part.export();
      bytes.set(exported, offset);
      offset += exported.length;
      exported.fill(0);
    }
    return bytes;
  }
}

/** SHA-256 over a label, the algorithm and the key: a fingerprint says nothing of the key's use elsewhere. */
function fingerprintOf(enc: ContentEncryption, bytes: Uint8Array): string {
  const label = new TextEncoder().encode(
    `shopify-app-session-storage-encrypted/fingerprint/1\n${enc}\n`,
  );
  const message = zeroableBytes(label.length + bytes.length);
  message.set(label);
  message.set(bytes, label.length);
  const digest = sha256(message);
  message.fill(0);
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
