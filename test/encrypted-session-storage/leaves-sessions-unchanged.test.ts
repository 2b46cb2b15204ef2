import { describe, expect, test } from 'vitest';
import {
  accessToken,
  gate,
  offlineSession,
  onlineSession,
  refreshToken,
  wrapped,
} from './subject.js';

describe('the session passed to storeSession', () => {
  test('is the same before, during and after the store', async () => {
    const storage = wrapped({ userInfo: true });
    const { opened, open } = gate();
    const { storeSession } = storage.inner;
    storage.inner.storeSession = async (session) => {
      await opened;
      return storeSession.call(storage.inner, session);
    };
    const session = onlineSession({ refreshToken });

    const stored = storage.storeSession(session);
    expect(session).toStrictEqual(onlineSession({ refreshToken }));
    await Promise.resolve();
    expect(session).toStrictEqual(onlineSession({ refreshToken }));
    open();
    await stored;
    expect(session).toStrictEqual(onlineSession({ refreshToken }));
  });

  test('may be frozen through and through', async () => {
    const storage = wrapped({ userInfo: true });
    const session = onlineSession();
    Object.freeze(session.onlineAccessInfo?.associated_user);
    Object.freeze(session.onlineAccessInfo);
    Object.freeze(session);
    await storage.storeSession(session);
    expect(await storage.loadSession(session.id)).toStrictEqual(onlineSession());
  });

  test('is stored as it was at the call, whatever the app does to it after that', async () => {
    const storage = wrapped({ userInfo: true });
    const session = onlineSession({ refreshToken });

    const stored = storage.storeSession(session);
    session.accessToken = 'shpat_written_later';
    Object.assign(session, { refreshToken: undefined });
    session.shop = 'b.myshopify.com';
    if (session.onlineAccessInfo) session.onlineAccessInfo.associated_user.email = 'b@example.com';
    await stored;

    expect(await storage.loadSession(session.id)).toStrictEqual(onlineSession({ refreshToken }));
    expect(JSON.stringify(storage.inner.row(session.id))).not.toMatch(/later|b@example/);
  });

  test('is not what the wrapped storage keeps', async () => {
    const storage = wrapped();
    const session = onlineSession();
    await storage.storeSession(session);
    session.accessToken = 'shpat_written_later';
    if (session.onlineAccessInfo) session.onlineAccessInfo.associated_user.id = 43;
    expect(await storage.loadSession(session.id)).toStrictEqual(onlineSession());
  });
});

describe('the session that the wrapped storage hands out', () => {
  test('is not changed by opening it', async () => {
    const storage = wrapped({ userInfo: true });
    await storage.storeSession(onlineSession({ refreshToken }));
    const kept = storage.inner.row('a.myshopify.com_42');
    const before = structuredClone({ ...kept });

    await storage.loadSession('a.myshopify.com_42');
    await storage.findSessionsByShop('a.myshopify.com');

    expect({ ...kept }).toStrictEqual(before);
    expect(storage.inner.row('a.myshopify.com_42')).toBe(kept);
  });

  test('may be frozen', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    Object.freeze(storage.inner.row('offline_a.myshopify.com'));
    expect((await storage.loadSession('offline_a.myshopify.com'))?.accessToken).toBe(accessToken);
  });

  test('is not reached by what the app does to the loaded session', async () => {
    const storage = wrapped();
    await storage.storeSession(onlineSession());
    const loaded = await storage.loadSession('a.myshopify.com_42');
    if (loaded?.onlineAccessInfo === undefined) throw new Error('not loaded');
    loaded.accessToken = 'shpat_written_by_the_app';
    loaded.onlineAccessInfo.associated_user.locale = 'fr';
    expect(await storage.loadSession('a.myshopify.com_42')).toStrictEqual(onlineSession());
  });
});
