// AES-256-GCM with node:crypto and nothing else, as one writes it by hand: the limit.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  randomFillSync,
} from 'node:crypto';

// A KeyObject: with the raw bytes each call would make one.
const key = createSecretKey(randomBytes(32));

/** BASE64URL(IV, ciphertext, tag). */
export function bareSeal(token: string): string {
  return sealWith(randomBytes(12), token);
}

/** The same with IVs out of a buffer that is filled now and then, as ours has them. */
export function bareSealPooled(token: string): string {
  return sealWith(drawIv(), token);
}

/** Throws if it is not authentic. */
export function bareOpen(sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  const token = decipher.update(bytes.subarray(12, -16));
  decipher.final();
  return token.toString('utf8');
}

function sealWith(iv: Uint8Array, token: string): string {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const ciphertext = cipher.update(token, 'utf8');
  cipher.final();
  return Buffer.concat([iv, ciphertext, cipher.getAuthTag()]).toString('base64url');
}

const pool = new Uint8Array(2048);
let position = pool.length;

function drawIv(): Uint8Array {
  if (position + 12 > pool.length) {
    randomFillSync(pool);
    position = 0;
  }
  position += 12;
  return pool.subarray(position - 12, position);
}
