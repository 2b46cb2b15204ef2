import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type JsonWebKeySet, Keyring } from '../../src/key-ring/index.js';
import { openToken, resemblesSealedToken } from '../../src/sealed-token/index.js';
import { CODECS, outcome } from './codecs.js';

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
const keyring = Keyring.fromJwks(jwks);

function contextOf({ session, field }: Vector) {
  return { sessionId: session.id, shop: session.shop, field };
}

describe.each(CODECS)(
  'sealed tokens of another JOSE implementation, opened with %s',
  (_, codec) => {
    it.each(vectors)('$expect: $name', async (vector) => {
      const opened = await outcome(codec, keyring, vector.sealed, contextOf(vector));
      expect(opened).toMatchObject(
        vector.expect === 'token' ? { token: vector.token } : { code: CODES[vector.expect] },
      );
    });
  },
);

describe('openToken', () => {
  it.each(vectors)('$expect: $name', async (vector) => {
    expect(resemblesSealedToken(vector.sealed)).toBe(true);
    const opening = (async () => openToken(keyring, vector.sealed, contextOf(vector)))();
    if (vector.expect === 'token') {
      expect((await opening).token).toBe(vector.token);
    } else {
      await expect(opening).rejects.toMatchObject({
        code: CODES[vector.expect],
        sessionId: vector.session.id,
        field: vector.field,
      });
    }
  });
});
