import fc from 'fast-check';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type ContentEncryption, generateKey, Keyring } from '../../src/key-ring/index.js';
import { sealedTokenKid, sealedTokenLength } from '../../src/sealed-token/index.js';
import { CODECS, outcome, seal } from './codecs.js';

const gcm = generateKey({ kid: '2026-11' });
const cbc = generateKey({ kid: 'volumes', enc: 'A256CBC-HS512' });
const keyring = Keyring.fromJwks({ keys: [gcm.jwk, cbc.jwk] });
const highVolume = Keyring.fromJwks({ keys: [cbc.jwk] });
const context = {
  sessionId: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  field: 'accessToken',
};
const TOKEN = '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';

type Header = Record<string, unknown>;
const secretOf = ({ jwk }: typeof gcm) => Buffer.from(jwk.k ?? '', 'base64url');
const headerOf = (sealed: string): Header =>
  JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString());

describe.each(CODECS)('a token sealed with %s', (_, codec) => {
  it('is 187 characters long for a 38-character token and a 7-character kid', async () => {
    expect(await seal(codec, keyring, TOKEN, context)).toHaveLength(187);
  });

  it('has the length that a column was declared for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<ContentEncryption>('A256GCM', 'A256CBC-HS512'),
        fc.stringMatching(/^[\w.-]{1,32}$/),
        fc.string({ maxLength: 300, unit: 'grapheme' }),
        async (enc, kid, token) => {
          const ring = Keyring.fromJwks({ keys: [generateKey({ kid, enc }).jwk] });
          const sealed = await seal(codec, ring, token, context);
          expect(sealedTokenLength(ring, Buffer.byteLength(token))).toBe(sealed.length);
        },
      ),
    );
    expect(sealedTokenLength(keyring)).toBe(187);
    expect(sealedTokenLength(highVolume)).toBe(235);
  });

  it('has the header alg, enc, kid, ctx, in that order', async () => {
    const header = headerOf(await seal(codec, keyring, TOKEN, context));
    expect(JSON.stringify(header)).toBe(
      // The first 12 bytes of SHA-256 of ["accessToken","offline_a.myshopify.com","a.myshopify.com"]
      '{"alg":"dir","enc":"A256GCM","kid":"2026-11","ctx":"KB1JcN0mRsPSHxzp"}',
    );
  });

  it('is sealed under the primary key', async () => {
    const sealed = await seal(codec, highVolume, TOKEN, context);
    expect(headerOf(sealed)).toMatchObject({ enc: 'A256CBC-HS512', kid: 'volumes' });
    expect(sealedTokenKid(sealed)).toBe('volumes');
  });

  it.each([
    [gcm, keyring],
    [cbc, highVolume],
  ])('opens with any JOSE library and the key alone ($enc)', async (key, ring) => {
    const sealed = await seal(codec, ring, TOKEN, context);
    const { plaintext } = await compactDecrypt(sealed, secretOf(key));
    expect(new TextDecoder().decode(plaintext)).toBe(TOKEN);
  });

  it('is another one each time', async () => {
    const sealed = await Promise.all(
      Array.from({ length: 500 }, () => seal(codec, keyring, TOKEN, context)),
    );
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(500);
  });

  it.each([
    ['the empty string', ''],
    ['a byte order mark', '\ufeff'],
    ['a byte order mark and more', '\ufefftoken'],
    ['U+FFFD', 'a\ufffdb'],
    ['a zero byte', 'a\0b'],
    ['every script', 'tøken Ключ 鍵 مفتاح 🔑'],
    ['64 KiB', 'x'.repeat(65_536)],
    ['64 KiB of three bytes each', '鍵'.repeat(65_536)],
  ])('comes back as it was: %s', async (_name, token) => {
    for (const ring of [keyring, highVolume]) {
      const sealed = await seal(codec, ring, token, context);
      expect(await outcome(codec, ring, sealed, context)).toEqual({ token, kid: ring.primary });
    }
  });

  it.each(['\ud83d', 'a\udd11b', '\udd11\ud83d'])(
    'is refused when it has half of a surrogate pair',
    async (token) => {
      await expect(seal(codec, keyring, token, context)).rejects.toMatchObject({
        code: 'ERR_SESSION_INVALID',
        sessionId: context.sessionId,
        field: context.field,
      });
    },
  );
});

describe.each(CODECS)('a JWE by another implementation, opened with %s', (_, codec) => {
  const ctx = 'KB1JcN0mRsPSHxzp';
  const good = { alg: 'dir', enc: 'A256GCM', kid: '2026-11', ctx };

  /** Genuine: sealed with our key, under any header. */
  async function sealUnder(header: Header, key = gcm, bytes = Buffer.from(TOKEN)) {
    const jwe = new CompactEncrypt(bytes).setProtectedHeader(header as typeof good);
    const crit = Object.fromEntries([...Object.keys(header), 'x'].map((name) => [name, true]));
    return jwe.encrypt(secretOf(key), { crit });
  }

  it('opens whatever the order of its header', async () => {
    const sealed = await sealUnder({ ctx, kid: '2026-11', enc: 'A256GCM', alg: 'dir' });
    expect(await outcome(codec, keyring, sealed, context)).toEqual({
      token: TOKEN,
      kid: '2026-11',
    });
  });

  it.each<[string, Header]>([
    ['a typ', { ...good, typ: 'JWT' }],
    ['a cty', { ...good, cty: 'text/plain' }],
    ['a zip', { ...good, zip: 'DEF' }],
    ['a crit', { ...good, crit: ['x'], x: 1 }],
    ['an apu', { ...good, apu: 'AA' }],
    ['an invalid kid', { ...good, kid: 'a b' }],
    ['a kid of 33 characters', { ...good, kid: 'k'.repeat(33) }],
    ['an empty kid', { ...good, kid: '' }],
    ['a ctx that is a number', { ...good, ctx: 1 }],
    ['a ctx that is null', { ...good, ctx: null }],
  ])('is unreadable with %s, although it is genuine', async (_name, header) => {
    const sealed = await sealUnder(header);
    expect(await outcome(codec, keyring, sealed, context)).toEqual({
      code: 'ERR_TOKEN_UNREADABLE',
    });
  });

  it('is unreadable when its enc is not that of the key', async () => {
    const short = Buffer.from(gcm.jwk.k ?? '', 'base64url');
    const jwe = new CompactEncrypt(Buffer.from(TOKEN)).setProtectedHeader({
      ...good,
      enc: 'A256CBC-HS512',
    });
    const sealed = await jwe.encrypt(Buffer.concat([short, short]));
    expect(await outcome(codec, keyring, sealed, context)).toEqual({
      code: 'ERR_TOKEN_UNREADABLE',
    });
  });

  it('is unreadable when its plaintext is not UTF-8', async () => {
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
      const sealed = await sealUnder(good, gcm, Buffer.from(bytes));
      expect(await outcome(codec, keyring, sealed, context)).toEqual({
        code: 'ERR_TOKEN_UNREADABLE',
      });
    }
  });

  it('is out of place without a ctx, or with another', async () => {
    const { ctx: _ctx, ...none } = good;
    for (const header of [none, { ...good, ctx: '' }, { ...good, ctx: 'AAAAAAAAAAAAAAAA' }]) {
      const sealed = await sealUnder(header);
      expect(await outcome(codec, keyring, sealed, context)).toEqual({ code: 'ERR_TOKEN_CONTEXT' });
    }
  });

  it.each<[string, (header: string) => string]>([
    ['a member twice', (json) => json.replace('{', '{"alg":"dir",')],
    ['a second value for a member', (json) => json.replace('}', ',"kid":"2026-11"}')],
    ['no JSON', () => 'header'],
    ['an array', (json) => `[${json}]`],
    ['bytes that are not UTF-8', (json) => json.replace('2026', '2026\u00ff')],
    ['two objects', (json) => json + json],
    ['a comma too many', (json) => json.replace('}', ',}')],
    ['nothing in it', () => ''],
  ])('is unreadable when its header has %s', async (_name, change) => {
    const sealed = await sealUnder(good);
    const header = Buffer.from(change(JSON.stringify(good)), 'latin1').toString('base64url');
    const changed = [header, ...sealed.split('.').slice(1)].join('.');
    expect(await outcome(codec, keyring, changed, context)).toEqual({
      code: 'ERR_TOKEN_UNREADABLE',
    });
    expect(sealedTokenKid(changed)).toBeUndefined();
  });
});
