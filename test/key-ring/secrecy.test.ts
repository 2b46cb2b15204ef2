import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { openToken, sealToken } from '../../src/sealed-token/index.js';

const keys = [
  generateKey({ kid: 'now' }),
  generateKey({ kid: 'before' }),
  generateKey({ kid: 'high', enc: 'A256CBC-HS512' }),
];
const keyring = Keyring.fromJwks({ keys: keys.map(({ jwk }) => jwk) });

/** Every form in which the bytes of a key could show, whole or in part. */
function tracesOf(base64url: string): string[] {
  const bytes = Buffer.from(base64url, 'base64url');
  return [
    base64url.slice(0, 12),
    bytes.toString('hex').slice(0, 16),
    bytes.toString('base64').slice(0, 12),
    [...bytes.subarray(0, 6)].join(', '),
    [...bytes.subarray(0, 6)].join(','),
    bytes.toString('hex', 0, 6).replace(/..(?!$)/g, '$& '),
  ];
}

describe('a key ring shows key ids and nothing of the keys', () => {
  const views: [string, () => string][] = [
    ['util.inspect', () => inspect(keyring, { depth: Infinity, showHidden: true })],
    [
      'util.inspect without the key ring’s own view',
      () =>
        inspect(keyring, {
          depth: Infinity,
          showHidden: true,
          getters: true,
          customInspect: false,
        }),
    ],
    ['JSON.stringify', () => JSON.stringify({ keyring })],
    ['String', () => String(keyring)],
    ['structuredClone', () => inspect(structuredClone(keyring))],
    ['Object.assign', () => inspect(Object.assign({}, keyring))],
    [
      'its own and its inherited property names',
      () =>
        [
          ...Reflect.ownKeys(keyring),
          ...Reflect.ownKeys(Keyring.prototype),
          ...Reflect.ownKeys(Keyring),
        ]
          .map((name) => inspect(Reflect.get(keyring, name)))
          .join(),
    ],
  ];
  it.each(views)('in %s', async (_, view) => {
    // Used before, so that keys are in every form they take.
    const context = { sessionId: 'id', shop: 'shop', field: 'accessToken' };
    const { sealedToken } = await sealToken(keyring, 'token', context);
    await openToken(keyring, sealedToken, context);
    const shown = view();
    for (const { jwk } of keys) {
      for (const trace of tracesOf(jwk.k ?? '')) expect(shown).not.toContain(trace);
    }
  });

  it('in JSON, as ids', () => {
    expect(JSON.parse(JSON.stringify(keyring))).toEqual({
      primary: 'now',
      kids: ['now', 'before', 'high'],
    });
  });

  it('to console.log, as ids', () => {
    expect(inspect({ keyring })).toBe(
      "{\n  keyring: Keyring { primary: 'now', kids: [ 'now', 'before', 'high' ] }\n}",
    );
  });
});
