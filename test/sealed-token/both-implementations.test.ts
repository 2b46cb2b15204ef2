// jose is the reference. Whatever one implementation seals, the other opens; whatever is done to a
// token, both say the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { CODECS, outcome, seal } from './codecs.js';

const [[, jose], [, node]] = CODECS as [(typeof CODECS)[number], (typeof CODECS)[number]];

const anyText = fc.string({ unit: 'binary', maxLength: 80 }); // every script, no lone surrogates
const anyTextAtAll = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units)); // lone surrogates too
const kid = fc.stringMatching(/^[A-Za-z0-9._-]{1,32}$/);
const enc = fc.constantFrom('A256GCM' as const, 'A256CBC-HS512' as const);
const context = fc.record({
  sessionId: fc.oneof(anyText, anyTextAtAll),
  shop: fc.oneof(anyText, anyTextAtAll),
  field: fc.constantFrom('accessToken', 'refreshToken', 'onlineAccessInfo.associated_user.email'),
});
const token = fc.oneof(
  { weight: 8, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.nat(65_536))
      .map(([unit, length]) => unit.repeat(Math.ceil(length / unit.length))),
  },
);

describe('both implementations', () => {
  it('open what the other sealed', async () => {
    await fc.assert(
      fc.asyncProperty(token, context, kid, enc, async (text, place, id, algorithm) => {
        const keyring = Keyring.fromJwks({ keys: [generateKey({ kid: id, enc: algorithm }).jwk] });
        const byJose = await seal(jose, keyring, text, place);
        const byNode = await seal(node, keyring, text, place);
        expect(byNode.split('.')[0]).toBe(byJose.split('.')[0]);
        expect(byNode).toHaveLength(byJose.length);
        const opened = { token: text, kid: id };
        expect(await outcome(node, keyring, byJose, place)).toEqual(opened);
        expect(await outcome(jose, keyring, byNode, place)).toEqual(opened);
      }),
      { numRuns: 250 },
    );
  });

  it('refuse it in every other place, with the same code', async () => {
    const keyring = Keyring.generate();
    await fc.assert(
      fc.asyncProperty(context, context, async (place, other) => {
        fc.pre(JSON.stringify(place) !== JSON.stringify(other));
        const sealed = await seal(node, keyring, 'token', place);
        for (const codec of [jose, node]) {
          expect(await outcome(codec, keyring, sealed, other)).toEqual({
            code: 'ERR_TOKEN_CONTEXT',
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each(['A256GCM', 'A256CBC-HS512'] as const)(
    'refuse every change of one character of a token, with the same code (%s)',
    async (algorithm) => {
      const place = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };
      const keys = [generateKey({ kid: 'k1', enc: algorithm }).jwk, generateKey({ kid: 'k2' }).jwk];
      const keyring = Keyring.fromJwks({ keys });
      const sealed = await seal(jose, keyring, 'shpat_0b8ace56', place);
      for (let i = 0; i < sealed.length; i++) {
        const unit = sealed.charCodeAt(i);
        const changes = [
          ...[1, 2, 4, 8, 16, 32, 64, 128, 256].map((bit) => String.fromCharCode(unit ^ bit)),
          ...['', '.', '=', '+', '/', '\n', 'A', '鍵', `${sealed[i]}${sealed[i]}`],
        ].filter((change) => change !== sealed[i]);
        for (const change of changes) {
          const changed = sealed.slice(0, i) + change + sealed.slice(i + 1);
          const said = await outcome(node, keyring, changed, place);
          expect(await outcome(jose, keyring, changed, place)).toEqual(said);
          expect(said).toHaveProperty('code');
        }
      }
    },
    30_000,
  );

  it('refuse any other text, with the same code', async () => {
    const keyring = Keyring.generate('k');
    const place = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };
    const sealed = await seal(node, keyring, 'token', place);
    const part = fc.oneof(fc.string(), fc.constantFrom(...sealed.split('.')), fc.base64String());
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 7 }), async (parts) => {
        const text = parts.join('.');
        fc.pre(text !== sealed);
        const said = await outcome(node, keyring, text, place);
        expect(await outcome(jose, keyring, text, place)).toEqual(said);
        expect(said).toHaveProperty('code');
      }),
      { numRuns: 500 },
    );
  });
});
