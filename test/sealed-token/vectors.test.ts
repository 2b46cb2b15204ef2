import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type JsonWebKeySet, Keyring } from '../../src/key-ring/index.js';
import { openToken } from '../../src/sealed-token/index.js';

interface Vector {
  name: string;
  expect: 'token' | 'context' | 'unknown-key' | 'unreadable';
  field: string;
  session: { id: string; shop: string };
  sealed: string;
  token?: string;
}

const file = new URL('../vectors/sealed-tokens.json', import.meta.url);
const { jwks, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  jwks: JsonWebKeySet;
  vectors: Vector[];
};
const CODES = {
  context: 'ERR_TOKEN_CONTEXT',
  'unknown-key': 'ERR_KEY_UNKNOWN',
  unreadable: 'ERR_TOKEN_UNREADABLE',
};

describe('sealed tokens made with another JOSE implementation', () => {
  const keyring = Keyring.fromJwks(jwks);

  it.each(vectors)('$expect: $name', async (vector) => {
    const { sealed, session, field } = vector;
    const context = { sessionId: session.id, shop: session.shop, field };
    const opening = (async () => openToken(keyring, sealed, context))();
    if (vector.expect === 'token') {
      expect((await opening).token).toBe(vector.token);
    } else {
      await expect(opening).rejects.toMatchObject({
        code: CODES[vector.expect],
        sessionId: session.id,
        field,
      });
    }
  });
});
