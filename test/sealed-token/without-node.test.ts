// The same modules on a runtime that has WebCrypto and nothing of Node, such as Cloudflare Workers.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as onNode from '../../src/key-ring/index.js';
import * as sealedOnNode from '../../src/sealed-token/index.js';

const { getBuiltinModule } = process;
const context = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };
const keys = (['A256GCM', 'A256CBC-HS512'] as const).map(
  (enc, i) => onNode.generateKey({ kid: `k${i}`, enc }).jwk,
);

let elsewhere: typeof onNode & typeof sealedOnNode;

beforeAll(async () => {
  vi.resetModules();
  process.getBuiltinModule = (() => undefined) as unknown as typeof getBuiltinModule;
  elsewhere = {
    ...(await import('../../src/key-ring/index.js')),
    ...(await import('../../src/sealed-token/index.js')),
  };
});
afterAll(() => {
  process.getBuiltinModule = getBuiltinModule;
});

describe('without any module of Node', () => {
  it.each([0, 1])('tokens sealed there open on Node, and the other way round', async (first) => {
    const set = { keys: first === 0 ? keys : keys.toReversed() };
    const here = onNode.Keyring.fromJwks(set);
    const there = elsewhere.Keyring.fromJwks(set);
    const { sealedToken } = await elsewhere.sealToken(there, 'token ключ', context);
    expect(await sealedOnNode.openToken(here, sealedToken, context)).toEqual({
      token: 'token ключ',
      kid: `k${first}`,
    });
    const sealedHere = await sealedOnNode.sealToken(here, 'token ключ', context);
    // Twice: the key is imported at the first use.
    for (let i = 0; i < 2; i++) {
      expect((await elsewhere.openToken(there, sealedHere.sealedToken, context)).token).toBe(
        'token ключ',
      );
    }
  });

  it('fingerprints are the same', () => {
    const here = onNode.Keyring.fromJwks({ keys });
    const there = elsewhere.Keyring.fromJwks({ keys });
    for (const kid of here.kids) expect(there.fingerprint(kid)).toBe(here.fingerprint(kid));
  });

  it('a key ring comes from the environment that is passed', () => {
    const SESSION_ENCRYPTION_KEYS = JSON.stringify({ keys });
    expect(elsewhere.Keyring.fromEnv({ SESSION_ENCRYPTION_KEYS }).primary).toBe('k0');
  });

  it('a key ring from a file is refused', () => {
    expect(() => elsewhere.Keyring.fromFile('/run/secrets/keys')).toThrow(/has no files/);
  });

  it('nothing shows a key', async () => {
    const { inspect } = await import('node:util');
    const there = elsewhere.Keyring.fromJwks({ keys });
    const shown = inspect(there, { depth: Infinity, showHidden: true, customInspect: false });
    for (const { k } of keys) {
      const bytes = Buffer.from(k ?? '', 'base64url');
      expect(shown).not.toContain(k);
      expect(shown).not.toContain(bytes.toString('hex', 0, 6).replace(/..(?!$)/g, '$& '));
    }
  });
});
