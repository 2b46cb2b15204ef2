// Both implementations of format 1, each behind what the package does above it.

import type { Keyring } from '../../src/key-ring/index.js';
import type { SealedTokenCodec } from '../../src/sealed-token/codec.js';
import type { TokenContext } from '../../src/sealed-token/index.js';
import { joseCodec } from '../../src/sealed-token/jose-codec.js';
import { createNodeCodec } from '../../src/sealed-token/node-codec.js';
import { openWith } from '../../src/sealed-token/open-token.js';
import { sealWith } from '../../src/sealed-token/seal-token.js';

const nodeCodec = createNodeCodec();
if (nodeCodec === undefined) throw new Error('These tests run on Node');

export const CODECS: readonly (readonly [name: string, codec: SealedTokenCodec])[] = [
  ['jose', joseCodec],
  ['node:crypto', nodeCodec],
];

export async function seal(
  codec: SealedTokenCodec,
  keyring: Keyring,
  token: string,
  context: TokenContext,
): Promise<string> {
  return (await sealWith(codec, keyring, token, context)).sealedToken;
}

/** The token, or the code of the error. */
export async function outcome(
  codec: SealedTokenCodec,
  keyring: Keyring,
  sealed: string,
  context: TokenContext,
): Promise<{ token: string; kid: string } | { code: string }> {
  try {
    return await openWith(codec, keyring, sealed, context);
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code };
    }
    throw error;
  }
}
