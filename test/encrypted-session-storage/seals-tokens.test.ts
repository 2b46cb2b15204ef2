import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import {
  accessToken,
  keyring,
  offlineSession,
  onlineSession,
  refreshToken,
  rewrapped,
  rolledKeyring,
  wrapped,
} from './subject.js';

describe('storing and loading a session', () => {
  test('the wrapped storage gets sealed tokens, and the app gets its tokens back', async () => {
    const storage = new EncryptedSessionStorage(new MemorySessionStorage(), { keyring });
    const session = offlineSession({
      refreshToken,
      expires: new Date('2030-01-01T00:00:00Z'),
      refreshTokenExpires: new Date('2030-03-01T00:00:00Z'),
    });

    expect(await storage.storeSession(session)).toBe(true);

    const stored = await storage.inner.loadSession(session.id);
    expect(JSON.stringify(stored)).not.toMatch(/shpat_|shprt_/);
    expect(await storage.loadSession(session.id)).toStrictEqual(session);
    expect(await storage.findSessionsByShop(session.shop)).toStrictEqual([session]);
  });

  test('everything else is stored as it is', async () => {
    const storage = wrapped();
    const session = onlineSession({ refreshToken });
    await storage.storeSession(session);

    const stored = storage.inner.row(session.id);
    expect({ ...stored, accessToken, refreshToken }).toStrictEqual({ ...session });
  });

  test('a sealed token is a JWE that any JOSE library opens with the key alone', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());

    const sealed = storage.inner.row('offline_a.myshopify.com').accessToken ?? '';
    expect(sealed).toHaveLength(187);
    expect(decodeProtectedHeader(sealed)).toMatchObject({ alg: 'dir', kid: '2026-11' });
    const { plaintext } = await compactDecrypt(sealed, Buffer.alloc(32, 11));
    expect(Buffer.from(plaintext).toString()).toBe(accessToken);
  });

  test('the primary key seals, and the others open', async () => {
    const before = wrapped({ keyring: rolledKeyring });
    await before.storeSession(offlineSession());
    expect(
      decodeProtectedHeader(before.inner.row('offline_a.myshopify.com').accessToken ?? '').kid,
    ).toBe(rolledKeyring.primary);
    const after = rewrapped(before, { keyring: rolledKeyring });
    expect((await after.loadSession('offline_a.myshopify.com'))?.accessToken).toBe(accessToken);
  });

  test('storing seals again each time', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    const first = storage.inner.row('offline_a.myshopify.com').accessToken;
    await storage.storeSession(offlineSession());
    expect(storage.inner.row('offline_a.myshopify.com').accessToken).not.toBe(first);
  });

  test('a session that does not exist is undefined', async () => {
    expect(await wrapped().loadSession('offline_nobody.myshopify.com')).toBeUndefined();
  });

  test('null from the wrapped storage means that there is no session', async () => {
    const storage = wrapped();
    Object.assign(storage.inner, { loadSession: async () => null });
    expect(await storage.loadSession('offline_a.myshopify.com')).toBeUndefined();
  });

  test.each(['', undefined])('the wrapped storage is asked even for the id %j', async (id) => {
    const storage = wrapped();
    const asked: unknown[] = [];
    Object.assign(storage.inner, { loadSession: async (given: unknown) => void asked.push(given) });
    expect(await storage.loadSession(id as string)).toBeUndefined();
    expect(asked).toEqual([id]);
  });
});
