// Format 1 with jose: the reference, for every runtime that has WebCrypto.
//
// jose is imported when it is first used: on Node it is not, and importing it takes longer than
// importing all the rest of this package.

import type { SealingKey } from '../key-ring/internal.js';
import type { SealedTokenCodec } from './codec.js';
import type { SealedTokenParts } from './format.js';

type JoseKey = Parameters<Parameters<SealingKey['withJoseKey']>[0]>[0];

const encoder = new TextEncoder();
// A byte order mark is part of the token, so it stays.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const joseCodec: SealedTokenCodec = { seal, open };

async function seal(key: SealingKey, token: string, ctx: string): Promise<string> {
  const { CompactEncrypt } = await import('jose/jwe/compact/encrypt');
  const jwe = new CompactEncrypt(encoder.encode(token));
  jwe.setProtectedHeader({ alg: 'dir', enc: key.enc, kid: key.kid, ctx });
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
  joseKey: JoseKey,
  { compact, header }: SealedTokenParts,
): Promise<Uint8Array | undefined> {
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt');
  const { JOSEError } = await import('jose/errors');
  try {
    const { plaintext } = await compactDecrypt(compact, joseKey, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: [header.enc],
    });
    return plaintext;
  } catch (error) {
    // Only what jose says of the token. A failure of the runtime must not pass for a damaged token.
    if (error instanceof JOSEError) return undefined;
    throw error;
  }
}
