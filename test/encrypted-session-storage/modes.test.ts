import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  accessToken,
  offlineSession,
  oldKeyring,
  onlineSession,
  refreshToken,
  rewrapped,
  rolledKeyring,
  wrapped,
} from './subject.js';

const id = 'offline_a.myshopify.com';

/** A wrapper over a storage that was used without us so far. */
function overPlaintext(mode: 'strict' | 'migrate' | 'rollback') {
  const storage = wrapped({ mode });
  storage.inner.rows.set(id, offlineSession({ refreshToken }));
  return storage;
}

describe('mode strict', () => {
  test('is the default', async () => {
    const storage = wrapped();
    storage.inner.rows.set(id, offlineSession());
    await expect(storage.loadSession(id)).rejects.toThrow(/plaintext/);
  });

  test('refuses a plaintext token, naming session and field and not the token', async () => {
    const error: unknown = await overPlaintext('strict')
      .loadSession(id)
      .catch((caught) => caught);
    expect(error).toMatchObject({
      name: 'TokenPlaintextError',
      code: 'ERR_TOKEN_PLAINTEXT',
      sessionId: id,
      field: 'accessToken',
    });
    expect(String(error)).not.toContain('shpat_');
  });

  test('refuses a plaintext refresh token beside a sealed access token', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    Object.assign(storage.inner.row(id), { refreshToken });
    await expect(storage.loadSession(id)).rejects.toMatchObject({
      code: 'ERR_TOKEN_PLAINTEXT',
      field: 'refreshToken',
    });
  });

  test('refuses plaintext even when unreadable sessions are forgotten', async () => {
    const storage = rewrapped(overPlaintext('strict'), { unreadable: 'forget' });
    await expect(storage.loadSession(id)).rejects.toMatchObject({ code: 'ERR_TOKEN_PLAINTEXT' });
  });

  test('finds a plaintext session with its tokens absent, so that uninstalling works', async () => {
    const storage = overPlaintext('strict');
    const [found] = await storage.findSessionsByShop('a.myshopify.com');
    expect(found?.id).toBe(id);
    expect(found?.accessToken).toBeUndefined();
    expect(found?.refreshToken).toBeUndefined();
  });
});

describe('mode migrate', () => {
  test('reads plaintext, and seals it when the session is stored next', async () => {
    const storage = overPlaintext('migrate');
    const session = await storage.loadSession(id);
    expect(session).toStrictEqual(offlineSession({ refreshToken }));
    if (session === undefined) throw new Error('not loaded');

    await storage.storeSession(session);
    expect(JSON.stringify(storage.inner.row(id))).not.toMatch(/shpat_|shprt_/);
    expect(await rewrapped(storage).loadSession(id)).toStrictEqual(
      offlineSession({ refreshToken }),
    );
  });

  test('finds plaintext sessions with their tokens', async () => {
    const found = await overPlaintext('migrate').findSessionsByShop('a.myshopify.com');
    expect(found).toStrictEqual([offlineSession({ refreshToken })]);
  });
});

describe('mode rollback', () => {
  test('reads sealed tokens and writes plaintext', async () => {
    const sealing = wrapped({ userInfo: true });
    await sealing.storeSession(onlineSession({ refreshToken }));
    const storage = rewrapped(sealing, { mode: 'rollback', userInfo: true });

    const session = await storage.loadSession('a.myshopify.com_42');
    expect(session).toStrictEqual(onlineSession({ refreshToken }));
    if (session === undefined) throw new Error('not loaded');

    await storage.storeSession(session);
    expect(storage.inner.row('a.myshopify.com_42')).toStrictEqual(onlineSession({ refreshToken }));
    expect(await storage.loadSession('a.myshopify.com_42')).toStrictEqual(session);
  });

  test('writes the token itself when it is given one that is sealed for this place', async () => {
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    const storage = rewrapped(sealing, { mode: 'rollback', keyring: rolledKeyring });
    await storage.storeSession(sealing.inner.row(id));
    expect(storage.inner.row(id).accessToken).toBe(accessToken);
  });

  test('never writes or hands out a sealed token that does not open', async () => {
    const sealing = wrapped({ keyring: oldKeyring });
    await sealing.storeSession(offlineSession());
    const storage = rewrapped(sealing, { mode: 'rollback' });
    const sealed = sealing.inner.row(id);
    await expect(storage.loadSession(id)).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN' });
    await expect(storage.storeSession(sealed)).rejects.toMatchObject({ code: 'ERR_KEY_UNKNOWN' });
    expect(storage.inner.row(id)).toBe(sealed);
  });
});

describe.each(['strict', 'migrate', 'rollback'] as const)('in mode %s', (mode) => {
  test('a sealed token that is damaged or cut short is unreadable, never plaintext', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    const sealed = storage.inner.row(id).accessToken ?? '';
    const reader = rewrapped(storage, { mode });
    for (const damaged of [
      sealed.slice(0, -1),
      sealed.slice(0, 100),
      sealed.slice(0, 30),
      `${sealed}A`,
      sealed.replace(/\.[^.]+$/, '.AAAAAAAAAAAAAAAAAAAAAA'),
      sealed.replace('..', '.AA.'),
    ]) {
      Object.assign(storage.inner.row(id), { accessToken: damaged });
      await expect(reader.loadSession(id)).rejects.toMatchObject({ code: 'ERR_TOKEN_UNREADABLE' });
    }
  });

  test('a stored token that is not a string at all is unreadable', async () => {
    const storage = wrapped({ mode });
    for (const value of [7, true, { token: accessToken }, Buffer.from(accessToken)]) {
      storage.inner.rows.set(id, Object.assign(offlineSession(), { accessToken: value as never }));
      await expect(storage.loadSession(id)).rejects.toMatchObject({
        code: 'ERR_TOKEN_UNREADABLE',
        field: 'accessToken',
      });
    }
  });
});

describe('SESSION_ENCRYPTION_MODE', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('sets the mode, unless the option does', async () => {
    vi.stubEnv('SESSION_ENCRYPTION_MODE', 'migrate');
    const storage = wrapped();
    storage.inner.rows.set(id, offlineSession());
    expect((await storage.loadSession(id))?.accessToken).toBe(accessToken);
    await expect(rewrapped(storage, { mode: 'strict' }).loadSession(id)).rejects.toThrow();
  });
});
