import { describe, expect, it } from 'vitest';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { resemblesSealedToken, sealToken } from '../../src/sealed-token/index.js';

const keyring = Keyring.fromJwks({
  keys: [generateKey({ kid: '2026-11' }).jwk],
});
const highVolume = Keyring.fromJwks({
  keys: [generateKey({ kid: 'volumes', enc: 'A256CBC-HS512' }).jwk],
});
const context = { sessionId: 'offline_a', shop: 'a.myshopify.com', field: 'accessToken' };
const sealed = await Promise.all(
  [keyring, highVolume].map(
    async (ring) => (await sealToken(ring, `shpat_${'0'.repeat(32)}`, context)).sealedToken,
  ),
);

describe('a value resembles a sealed token', () => {
  it('when it is one', () => {
    for (const text of sealed) expect(resemblesSealedToken(text)).toBe(true);
  });

  it('when it is one cut short, at any length', () => {
    for (const text of sealed) {
      for (let length = 1; length < text.length; length++) {
        expect(resemblesSealedToken(text.slice(0, length))).toBe(true);
      }
    }
  });

  it('when it is one without its first characters, as far as its header goes', () => {
    for (const text of sealed) {
      for (let start = 1; start <= text.indexOf('.') - 3; start++) {
        expect(resemblesSealedToken(text.slice(start))).toBe(true);
      }
    }
  });

  it('when it is one with any one character changed, left out or put in', () => {
    for (const text of sealed) {
      for (let i = 0; i < text.length; i++) {
        const [before, after] = [text.slice(0, i), text.slice(i + 1)];
        for (const other of ['.', '=', ' ', '\0', '\n', '~', 'A', 'é', '鍵', '\ud83d']) {
          expect(resemblesSealedToken(before + other + after)).toBe(true);
          expect(resemblesSealedToken(before + other + text.slice(i))).toBe(true);
        }
        expect(resemblesSealedToken(before + after)).toBe(true);
      }
    }
  });
});

describe('a value does not resemble a sealed token', () => {
  it.each([
    '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',
    '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',
    'shpua_0b8ace5647bdd2a8d97f1ffc584a4e1a',
    'shprt_0b8ace5647bdd2a8d97f1ffc584a4e1a',
    '0b8ace5647bdd2a8d97f1ffc584a4e1a',
    'e0b8ace5647bdd2a8d97f1ffc584a4e1',
    'null',
    'Eve',
    'J. R. R. Tolkien',
    'Wait... what..',
    'ada.lovelace@example.com',
    'a.b.c.d@example.com',
    'name..surname@docomo.example.ne.jp',
    'a-very-long-name..with-two-dots.and-more@a-long-domain.example.co.jp',
    '',
  ])('when it is a token, a name or an address: %s', (value) => {
    expect(resemblesSealedToken(value)).toBe(false);
  });
});
