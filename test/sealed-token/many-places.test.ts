// Whatever the order in which places and keys are used, each token opens in its own place only.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { CODECS, outcome, seal } from './codecs.js';

describe.each(CODECS)('with %s', (_, codec) => {
  test('tokens of thousands of places open in their own, and in no other', async () => {
    const keyring = Keyring.generate('a');
    const places = Array.from({ length: 2400 }, (_, n) => ({
      sessionId: `session ${n % 600}`,
      shop: `${Math.floor(n / 600)}.myshopify.com`,
      field: 'accessToken',
    }));
    const sealed = await Promise.all(
      places.map((place, n) => seal(codec, keyring, `token ${n}`, place)),
    );

    for (const [n, place] of places.entries()) {
      const text = sealed[n] ?? '';
      const elsewhere = places[(n + 600) % places.length] ?? place;
      expect(await outcome(codec, keyring, text, place)).toEqual({ token: `token ${n}`, kid: 'a' });
      expect(await outcome(codec, keyring, text, elsewhere)).toEqual({ code: 'ERR_TOKEN_CONTEXT' });
    }
  });

  test('each ring answers for its own keys, in places that other rings have used', async () => {
    const key = (kid: string, enc?: 'A256CBC-HS512') =>
      generateKey({ kid, ...(enc && { enc }) }).text;
    const [a, sameKid, sameKidCbc, b] = [key('a'), key('a'), key('a', 'A256CBC-HS512'), key('b')];
    const rings = [a, sameKid, sameKidCbc, `${b},${a}`, `${a},${b}`, b].map((text) => ({
      ring: Keyring.parse(text),
      keys: text.split(','),
    }));
    const choice = fc.tuple(
      fc.constantFrom(...rings),
      fc.constantFrom(...rings),
      fc.constantFrom('x', 'y'),
      fc.constantFrom('x', 'y'),
    );

    await fc.assert(
      fc.asyncProperty(fc.array(choice, { minLength: 1, maxLength: 20 }), async (steps) => {
        for (const [sealing, opening, sealedFor, openedFor] of steps) {
          const place = (sessionId: string) => ({ sessionId, shop: 's', field: 'refreshToken' });
          const text = await seal(codec, sealing.ring, 'token', place(sealedFor));

          const result = await outcome(codec, opening.ring, text, place(openedFor));

          const kid = sealing.ring.primary;
          const { keys } = opening;
          if (keys.includes(sealing.keys[0] ?? '')) {
            const opened = { token: 'token', kid };
            expect(result).toEqual(
              sealedFor === openedFor ? opened : { code: 'ERR_TOKEN_CONTEXT' },
            );
          } else {
            const hasKid = opening.ring.kids.includes(kid);
            const code = hasKid ? 'ERR_TOKEN_UNREADABLE' : 'ERR_KEY_UNKNOWN';
            expect(result).toEqual({ code });
          }
        }
      }),
    );
  });
});
