// Expired sessions, however many, hinder no one who reads, also where nothing can be removed.
import { Session } from '@shopify/shopify-api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPostgresStandby } from '../servers/postgres.js';
import { describeEachServer } from './each-server.js';
import { selected } from './fault-suite.js';
import type { FaultyStore } from './faulty-server.js';
import { openSubject, type SubjectName } from './subjects.js';

/** The default of the storages, in milliseconds. */
const deadline = 5_000;
/** More than two of the batches in which they are removed. */
const few = 1_200;
const many = selected === undefined ? few : 50_000;

const shop = 'expired.myshopify.com';
const day = 24 * 60 * 60 * 1_000;

/** It expires in an hour. */
const expiredSession = (user: number) =>
  new Session({
    id: `${shop}_${user}`,
    shop,
    state: 'state',
    isOnline: true,
    accessToken: 'expired',
    expires: new Date(Date.now() + day / 24),
  });

const liveSession = () =>
  new Session({
    id: `offline_${shop}`,
    shop,
    state: 'state',
    isOnline: false,
    accessToken: 'live',
  });

// The clock is moved, without waiting; only the clock: timers and servers go on as they are.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** A store with expired sessions and one that is not. */
async function fill(subject: SubjectName, store: FaultyStore, expired: number): Promise<void> {
  const { storage, close } = await openSubject(subject, store.directUrl, 60_000);
  await storage.storeSession(liveSession());
  // So many at once share each change to the shop's index.
  for (let user = 0; user < expired; user += 1_000) {
    const users = Array.from({ length: Math.min(1_000, expired - user) }, (_, at) => user + at);
    await Promise.all(users.map((each) => storage.storeSession(expiredSession(each))));
  }
  await close();
  // Whatever the grace period.
  vi.setSystemTime(Date.now() + 30 * day);
}

/** What a reader sees: the live session, and no other. */
async function expectLiveOnly(subject: SubjectName, url: string): Promise<void> {
  const { storage, close } = await openSubject(subject, url, deadline);
  try {
    const found = (await storage.findSessionsByShop?.(shop)) ?? [];
    expect(found.map(({ accessToken }) => accessToken)).toEqual(['live']);
    expect(await storage.loadSession(`${shop}_0`)).toBeUndefined();
    expect(await storage.loadSession(`offline_${shop}`)).toMatchObject({ accessToken: 'live' });
  } finally {
    await close();
  }
}

/** A Keyv, a pool and a client for sentinels read and tidy in the same way, over one connection to one server. */
const isOpened = (subject: SubjectName) =>
  subject.startsWith('openSessionStorage') && !/pool|sentinels/.test(subject);

describeEachServer((kind, subject, server) => {
  // Of calls that begin at once, node-redis sends those for sentinels one after the other.
  const number = kind === 'redis-sentinel' ? few : many;
  test(`${number} expired sessions of one shop: every call answers, and they are removed`, {
    timeout: 900_000,
  }, async () => {
    const store = await server().newStore();
    await fill(subject, store, number);
    await expectLiveOnly(subject, store.url);

    const { storage, close } = await openSubject(subject, store.url, deadline);
    // Uninstalling, as apps do it.
    const found = (await storage.findSessionsByShop?.(shop)) ?? [];
    expect(await storage.deleteSessions?.(found.map(({ id }) => id))).toBe(true);
    expect(await storage.findSessionsByShop?.(shop)).toEqual([]);
    // Removing goes on in the background; reading again may help.
    await expect
      .poll(
        async () => {
          await storage.findSessionsByShop?.(shop);
          const records = await store.records(store.directUrl);
          return records.filter((record) => record.includes('accessToken')).length;
        },
        { timeout: 300_000, interval: 200 },
      )
      .toBe(0);
    await close();
  });

  test('a server that refuses writes: find and load answer as if the expired were gone', async () => {
    const store = await server().newStore();
    await fill(subject, store, 3);
    await server().setReadOnly(true);
    try {
      await expectLiveOnly(subject, store.url);
    } finally {
      await server().setReadOnly(false);
    }
  });

  if (kind !== 'postgres') return;

  test('a hot standby: find and load answer as if the expired were gone', async () => {
    const store = await server().newStore();
    await fill(subject, store, 3);
    const standby = await startPostgresStandby(server().port);
    try {
      const url = Object.assign(new URL(store.directUrl), { port: String(standby.port) });
      await expectLiveOnly(subject, url.href);
    } finally {
      await standby.stop();
    }
  });
}, isOpened);
