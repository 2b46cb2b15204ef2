// Tokens that other parties issue may be JWTs, or JWEs. Only what begins with our own header is taken
// for a sealed token.
import { CompactEncrypt, type CompactJWEHeaderParameters, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { inspectSession, reencryptSessions } from '../../src/index.js';
import { MapCatalog } from '../reencryption/map-catalog.js';
import { keyring, offlineSession, onlineSession, rewrapped, wrapped } from './subject.js';

const secret = new Uint8Array(32).fill(7);
const signed = await new SignJWT({ sub: 'gid://shopify/Shop/1' })
  .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
  .sign(secret);
const [header = '', , signature = ''] = signed.split('.');
const foreignJwe = (fields: CompactJWEHeaderParameters) =>
  new CompactEncrypt(secret).setProtectedHeader(fields).encrypt(secret);

const tokens: [string, string][] = [
  ['a signed JWT', signed],
  ['a JWT without a signature', `${signed.split('.').slice(0, 2).join('.')}.`],
  ['a JWS with a detached payload', `${header}..${signature}`],
  ['a JWE whose header begins in another way', await foreignJwe({ enc: 'A256GCM', alg: 'dir' })],
  ['a JWE with a typ first', await foreignJwe({ typ: 'JWT', alg: 'dir', enc: 'A256GCM' })],
  ['JSON in base64', Buffer.from('{"token":"secret"}').toString('base64')],
  ['eyJ and more', 'eyJohnny'],
  ['eyJ alone, and a dot', 'eyJ.'],
];
const id = offlineSession().id;

describe.each(tokens)('%s', (_, token) => {
  const session = offlineSession({ accessToken: token, refreshToken: token });

  test.each(['strict', 'migrate'] as const)('is sealed and opened in mode %s', async (mode) => {
    const storage = wrapped({ mode });
    await storage.storeSession(session);
    expect(storage.inner.row(id).accessToken).not.toContain(token);
    expect(await storage.loadSession(id)).toStrictEqual(session);
  });

  test('is read as plaintext in mode migrate, and sealed the next time it is stored', async () => {
    const storage = wrapped({ mode: 'migrate' });
    storage.inner.rows.set(id, session);
    const loaded = await storage.loadSession(id);
    expect(loaded).toStrictEqual(session);
    await storage.storeSession(loaded ?? session);
    expect(await rewrapped(storage).loadSession(id)).toStrictEqual(session);
  });

  test('is read and written as plaintext in mode rollback', async () => {
    const storage = wrapped({ mode: 'rollback' });
    await storage.storeSession(session);
    expect(storage.inner.row(id).accessToken).toBe(token);
    expect(await storage.loadSession(id)).toStrictEqual(session);
  });

  test('is plaintext that mode strict refuses', async () => {
    const storage = wrapped();
    storage.inner.rows.set(id, session);
    await expect(storage.loadSession(id)).rejects.toMatchObject({ code: 'ERR_TOKEN_PLAINTEXT' });
  });

  test('is sealed by re-encryption in mode migrate, and inspected as plaintext', async () => {
    const store = new MapCatalog();
    await store.storeSession({ ...session });
    const [inspection] = await inspectSession(store.stored(id), keyring);
    expect(inspection?.state).toBe('plaintext');
    await reencryptSessions(store, { keyring, mode: 'migrate' });
    expect(store.stored(id).accessToken).not.toContain(token);
  });

  test('is sealed and opened as user info', async () => {
    const storage = wrapped({ userInfo: true });
    const online = onlineSession();
    Object.assign(online.onlineAccessInfo?.associated_user ?? {}, { first_name: token });
    await storage.storeSession(online);
    const row = storage.inner.row(online.id);
    expect(row.onlineAccessInfo?.associated_user.first_name).not.toBe(token);
    expect(await storage.loadSession(online.id)).toStrictEqual(online);
  });
});

const directJwe = await foreignJwe({ alg: 'dir', enc: 'A256GCM' });

describe('what begins with our own header', () => {
  const ours = Buffer.from('{"alg":"dir"').toString('base64');

  test.each([
    ['alone', ours],
    ['and more', `${ours}xyz`],
    ['in a JWE of another party', directJwe],
  ])('is never plaintext: %s', async (_, token) => {
    for (const mode of ['strict', 'migrate', 'rollback'] as const) {
      const storage = wrapped({ mode });
      storage.inner.rows.set(id, offlineSession({ accessToken: token }));
      const code = 'ERR_TOKEN_UNREADABLE';
      await expect(storage.loadSession(id)).rejects.toMatchObject({ code });
      await expect(
        storage.storeSession(offlineSession({ accessToken: token })),
      ).rejects.toMatchObject({ code });
    }
  });

  test('is never plaintext as user info either, however short', async () => {
    const storage = wrapped({ mode: 'migrate', userInfo: true });
    const online = onlineSession();
    Object.assign(online.onlineAccessInfo?.associated_user ?? {}, { email: ours });
    storage.inner.rows.set(online.id, online);
    await expect(storage.loadSession(online.id)).rejects.toMatchObject({
      code: 'ERR_TOKEN_UNREADABLE',
    });
  });
});
