// Format 1 with jose: the reference, for every runtime that has WebCrypto.

import { CompactEncrypt, compactDecrypt, errors } from 'jose';
import type { SealingKey } from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import type { SealedTokenParts } from './format.js';

const encoder = new TextEncoder();
// A byte order mark is part of the token, so it stays.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const joseCodec: SealedTokenCodec = { seal, open };

function seal(key: SealingKey, token: string, ctx: string): Promise<string> {
  const { kid, enc } = key;
  const jwe = new CompactEncrypt(encoder.encode(token));
  jwe.setProtectedHeader({ alg: 'dir', enc, kid, ctx });
  return key.withJoseKey((joseKey) => jwe.encrypt(joseKey));
}

async function open(key: SealingKey, parts: SealedTokenParts): Promise<string | undefined> {
  const plaintext = await key.withJoseKey((joseKey) => decrypt(joseKey, parts));
  if (plaintext === undefined) return undefined;
  try {
    return decoder.decode(plaintext);
  } catch {
    return undefined;
  } finally {
    plaintext.fill(0);
  }
}

async function decrypt(
  joseKey: Parameters<typeof compactDecrypt>[1],
  { compact, header }: SealedTokenParts,
): Promise<Uint8Array | undefined> {
  try {
    const { plaintext } = await compactDecrypt(compact, joseKey, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: [header.enc],
    });
    return plaintext;
  } catch (error) {
    // Only what jose says of the token. A failure of the runtime must not pass for a damaged token.
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
