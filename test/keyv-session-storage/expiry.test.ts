import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';

const shop = 'expiry.myshopify.com';
const hour = 3_600_000;
const day = 24 * hour;
const start = new Date('2026-11-01T12:00:00Z');

const online = () =>
  new Session({
    id: `${shop}_1`,
    shop,
    state: 's',
    isOnline: true,
    accessToken: 'online',
    expires: new Date(start.getTime() + hour),
  });
const expiringOffline = () =>
  new Session({
    id: `offline_${shop}`,
    shop,
    state: 's',
    isOnline: false,
    accessToken: 'offline',
    expires: new Date(start.getTime() + hour),
    refreshToken: 'refresh',
    refreshTokenExpires: new Date(start.getTime() + 90 * day),
  });
const offline = () =>
  new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false, accessToken: 'offline' });

// The clock is moved, without waiting; only the clock: timers and servers go on as they are.
beforeEach(() => vi.useFakeTimers({ now: start, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());
const later = (milliseconds: number) => vi.setSystemTime(start.getTime() + milliseconds);

describe.each([
  ['memory', () => new KeyvSessionStorage(new Keyv(), { gracePeriod: hour })],
  ['SQLite', () => openSessionStorage('sqlite::memory:', { gracePeriod: hour })],
])('%s', (_, open) => {
  test('an online session is there until `expires` and the grace period, and then gone', async () => {
    const storage = open();
    await storage.storeSession(online());
    later(2 * hour - 1000);
    expect(await storage.loadSession(`${shop}_1`)).toBeDefined();
    later(2 * hour + 1000);
    expect(await storage.loadSession(`${shop}_1`)).toBeUndefined();
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
  });

  test('an offline session whose access token has expired stays while its refresh token is good', async () => {
    const storage = open();
    await storage.storeSession(expiringOffline());
    later(90 * day);
    expect(await storage.loadSession(`offline_${shop}`)).toMatchObject({ refreshToken: 'refresh' });
    later(90 * day + hour + 1000);
    expect(await storage.loadSession(`offline_${shop}`)).toBeUndefined();
  });

  test('an offline session that does not expire is kept for ever', async () => {
    const storage = open();
    await storage.storeSession(offline());
    later(3650 * day);
    expect(await storage.loadSession(`offline_${shop}`)).toBeDefined();
    expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
  });

  test('what was just stored can be read back, even if it had expired long ago', async () => {
    const storage = open();
    later(5 * day);
    await storage.storeSession(online());
    expect(await storage.loadSession(`${shop}_1`)).toBeDefined();
  });

  test('a session stored again lives as long as the new one says', async () => {
    const storage = open();
    await storage.storeSession(online());
    const renewed = online();
    renewed.expires = new Date(start.getTime() + 10 * hour);
    await storage.storeSession(renewed);
    later(9 * hour);
    expect(await storage.loadSession(`${shop}_1`)).toBeDefined();
    expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
  });
});

test('expired sessions of a shop are removed when it gets a new one, so its list does not grow', async () => {
  const map = new Map<string, string>();
  const storage = new KeyvSessionStorage(new Keyv({ store: map }), { gracePeriod: 0 });
  for (let user = 0; user < 50; user++) {
    const session = new Session({ ...online(), id: `${shop}_${user}` });
    await storage.storeSession(session);
  }
  later(2 * hour);
  await storage.storeSession(offline());
  // In the background: nobody waits for it.
  await vi.waitFor(() => {
    expect([...map.keys()].filter((key) => key.includes(':id:'))).toHaveLength(1);
  });
  expect([...map.values()].join()).not.toContain('online_1');
  expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
});
