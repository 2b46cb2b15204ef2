import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SessionEncryptionError } from '../../src/errors.js';
import { generateKey, Keyring } from '../../src/key-ring/index.js';
import { openWith } from '../../src/sealed-token/open-token.js';
import { CODECS, seal } from './codecs.js';

const keyring = Keyring.generate('present');
const other = Keyring.generate('missing');
const context = {
  sessionId: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  field: 'accessToken',
};
const TOKEN = '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';

describe.each(CODECS)('an error of opening a token with %s', (_, codec) => {
  async function failure(sealed: string, place = context): Promise<SessionEncryptionError> {
    try {
      await openWith(codec, keyring, sealed, place);
    } catch (error) {
      if (error instanceof SessionEncryptionError) return error;
      throw error;
    }
    throw new Error('opened');
  }

  it('names the session, the field and the missing key, and what to do', async () => {
    const error = await failure(await seal(codec, other, TOKEN, context));
    expect(error).toMatchObject({
      code: 'ERR_KEY_UNKNOWN',
      message:
        'Session offline_a.myshopify.com: accessToken is sealed with key "missing", which is not in the key ring. Add that key back, last. If it is lost, so is what it sealed: see the option unreadable: \'forget\'.',
      sessionId: context.sessionId,
      field: 'accessToken',
      kid: 'missing',
    });
  });

  it('says of a token that its key does not open that it is damaged, or that the key is another, without a cause', async () => {
    const sealed = await seal(codec, keyring, TOKEN, context);
    const error = await failure(`${sealed.slice(0, -4)}AAAA`);
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_UNREADABLE',
      message:
        'Session offline_a.myshopify.com: accessToken cannot be opened with key "present". Either it is damaged or tampered with, or the key ring has another key under the name of the one that sealed it: compare the fingerprints.',
      kid: 'present',
    });
    expect(error.cause).toBeUndefined();
  });

  it.each(['A256GCM', 'A256CBC-HS512'] as const)(
    'says the same when the key ring has another key of that name, for %s',
    async (enc) => {
      const namesake = Keyring.fromJwks({ keys: [generateKey({ kid: 'present', enc }).jwk] });
      const error = await failure(await seal(codec, namesake, TOKEN, context));
      expect(error).toMatchObject({
        code: 'ERR_TOKEN_UNREADABLE',
        message: expect.stringContaining('another key under the name of the one that sealed it'),
        kid: 'present',
      });
    },
  );

  it('says of a token that was cut short what it is', async () => {
    const sealed = await seal(codec, keyring, TOKEN, context);
    const error = await failure(sealed.slice(0, 120));
    expect(error).toMatchObject({
      code: 'ERR_TOKEN_UNREADABLE',
      message: expect.stringMatching(/accessToken is damaged, cut short or tampered with/),
      kid: 'present',
    });
    expect((await failure(sealed.slice(0, 30))).kid).toBeUndefined();
  });

  it('says of a moved token that it was moved', async () => {
    const sealed = await seal(codec, keyring, TOKEN, { ...context, shop: 'b.myshopify.com' });
    const error = await failure(sealed);
    expect(error).toMatchObject({ code: 'ERR_TOKEN_CONTEXT', kid: 'present' });
  });

  it('is unreadable, not out of place, when the header was rewritten to fit', async () => {
    const elsewhere = await seal(codec, keyring, TOKEN, { ...context, field: 'refreshToken' });
    const here = await seal(codec, keyring, TOKEN, context);
    const forged = [here.split('.')[0], ...elsewhere.split('.').slice(1)].join('.');
    expect((await failure(forged)).code).toBe('ERR_TOKEN_UNREADABLE');
  });

  it('repeats no kid that is not one', async () => {
    const header = Buffer.from(
      '{"alg":"dir","enc":"A256GCM","kid":"<script>","ctx":"AAAAAAAAAAAAAAAA"}',
    ).toString('base64url');
    const sealed = await seal(codec, keyring, TOKEN, context);
    const error = await failure([header, ...sealed.split('.').slice(1)].join('.'));
    expect(error.code).toBe('ERR_TOKEN_UNREADABLE');
    expect(error.kid).toBeUndefined();
    expect(inspect(error)).not.toContain('<script>');
  });

  it('shows nothing of the token, sealed or not, nor of the other keys', async () => {
    const sealed = await seal(codec, other, TOKEN, context);
    const shown = inspect(await failure(sealed), { depth: Infinity, showHidden: true });
    for (const part of [...sealed.split('.'), TOKEN, 'present']) {
      if (part !== '') expect(shown).not.toContain(part);
    }
  });

  it.each([undefined, null, 7, {}, ['a']])(
    'is unreadable when it is not a string: %s',
    async (value) => {
      expect((await failure(value as unknown as string)).code).toBe('ERR_TOKEN_UNREADABLE');
    },
  );
});
