import { describe, expect, test } from 'vitest';
import {
  offlineSession,
  oldKeyring,
  refreshToken,
  rewrapped,
  rolledKeyring,
  wrapped,
} from './subject.js';

const id = 'offline_a.myshopify.com';

describe('storing a session whose token is sealed already', () => {
  test('keeps the sealed token as it is, if it opens for this session and field', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession({ refreshToken }));
    const { accessToken: sealedAccess, refreshToken: sealedRefresh } = storage.inner.row(id);

    await storage.storeSession(storage.inner.row(id));
    expect(storage.inner.row(id)).toMatchObject({
      accessToken: sealedAccess,
      refreshToken: sealedRefresh,
    });
    expect(await storage.loadSession(id)).toStrictEqual(offlineSession({ refreshToken }));
  });

  test('keeps it under an older key, too', async () => {
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    const sealed = sealing.inner.row(id).accessToken;
    await rewrapped(sealing, { keyring: rolledKeyring }).storeSession(sealing.inner.row(id));
    expect(sealing.inner.row(id).accessToken).toBe(sealed);
  });

  test('is refused if the token is sealed with an unknown key', async () => {
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    const storage = wrapped();
    await expect(storage.storeSession(sealing.inner.row(id))).rejects.toMatchObject({
      code: 'ERR_KEY_UNKNOWN',
      sessionId: id,
      field: 'accessToken',
      kid: '2026-05',
    });
    expect(storage.inner.rows.size).toBe(0);
  });

  test('is refused if the token is sealed for another session', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession({ shop: 'b.myshopify.com' }));
    const stolen = storage.inner.row('offline_b.myshopify.com').accessToken ?? '';
    await expect(
      storage.storeSession(offlineSession({ accessToken: stolen })),
    ).rejects.toMatchObject({
      code: 'ERR_TOKEN_CONTEXT',
    });
    expect(storage.inner.rows.has(id)).toBe(false);
  });

  test('is refused if the token is sealed and damaged', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    const cut = storage.inner.row(id).accessToken?.slice(0, 150) ?? '';
    const kept = storage.inner.row(id);
    await expect(storage.storeSession(offlineSession({ accessToken: cut }))).rejects.toMatchObject({
      code: 'ERR_TOKEN_UNREADABLE',
    });
    expect(storage.inner.row(id)).toBe(kept);
  });
});
