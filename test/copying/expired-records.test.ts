// Sessions are copied to a store of ours that holds one of the same id that has expired, or that would expire
// before the new one.
import { Session } from '@shopify/shopify-api';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { copySessions } from '../../src/copying/index.js';
import type { SessionCatalog, SessionLike } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { places } from '../open/places.js';

const shop = 'expiry.myshopify.com';
const hour = 3_600_000;
const day = 24 * hour;
const start = new Date('2026-11-01T12:00:00Z');

const online = (accessToken: string, expires: number) =>
  new Session({
    id: `${shop}_1`,
    shop,
    state: 's',
    isOnline: true,
    accessToken,
    expires: new Date(start.getTime() + expires),
  });

const holding = (session: Session): SessionCatalog<SessionLike> => ({
  async *sessions() {
    yield session;
  },
  replaceSession: async () => false,
});

beforeEach(() => vi.useFakeTimers({ now: start, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());
const later = (milliseconds: number) => vi.setSystemTime(start.getTime() + milliseconds);

describe.each(Object.entries(places))('copySessions to %s', (_name, create) => {
  async function open() {
    const { url, drop } = await create();
    onTestFinished(async () => void (await drop()));
    const storage = openSessionStorage<Session>(url, { gracePeriod: 0 });
    onTestFinished(() => storage.disconnect());
    return storage;
  }

  test('a session goes into the place of one that has expired', async () => {
    const destination = await open();
    await destination.storeSession(online('old', hour));
    later(2 * day);

    const source = holding(online('new', 3 * day));
    for (const dryRun of [true, false]) {
      expect(await copySessions(source, destination, { dryRun })).toMatchObject({
        copied: 1,
        unresolved: 0,
      });
    }
    expect(await destination.loadSession(`${shop}_1`)).toMatchObject({ accessToken: 'new' });
    expect(await destination.findSessionsByShop(shop)).toHaveLength(1);
  });

  test('one that replaces another is kept for as long as it can be used', async () => {
    const destination = await open();
    await destination.storeSession(online('old', hour));

    const source = holding(online('new', 3 * day));
    expect(await copySessions(source, destination, { update: true })).toMatchObject({ updated: 1 });
    later(2 * day);
    expect(await destination.loadSession(`${shop}_1`)).toMatchObject({ accessToken: 'new' });
  });

  test('one that only has another token is kept for as long as before', async () => {
    const destination = await open();
    await destination.storeSession(online('old', hour));
    later(hour / 2);
    const current = await destination.loadSession(`${shop}_1`);
    if (current === undefined) throw new Error('It is not there.');

    expect(await destination.replaceSession(current, online('new', hour))).toBe(true);
    later(hour - 1000);
    expect(await destination.loadSession(`${shop}_1`)).toMatchObject({ accessToken: 'new' });
    later(hour + 1000);
    expect(await destination.loadSession(`${shop}_1`)).toBeUndefined();
  });
});
