// What `openSessionStorage` opens is a session catalog as well, on every kind of store.
import { Session } from '@shopify/shopify-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenedSessionStorage, openSessionStorage } from '../../src/open/index.js';
import { type OpenPlace, places } from './places.js';

/** More than any backend sends in one statement. */
const count = 1100;
const shop = 'many.myshopify.com';

const sessionOf = (user: number, accessToken: string) =>
  new Session({ id: `${shop}_${user}`, shop, state: '', isOnline: true, accessToken });

describe.each(Object.entries(places))('%s', (_name, makePlace) => {
  let place: OpenPlace;
  let storage: OpenedSessionStorage<Session>;
  beforeAll(async () => {
    place = await makePlace();
    storage = openSessionStorage(place.url, { deadline: 20_000 });
  });
  afterAll(async () => {
    await storage.disconnect();
    await place.drop();
  });

  test('it is ready before anything is stored, and finds nothing', async () => {
    expect(await storage.isReady()).toBe(true);
    expect(await storage.loadSession(`${shop}_1`)).toBeUndefined();
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
    expect(await storage.estimateSessions()).toBe(0);
    expect(await storage.deleteSession(`${shop}_1`)).toBe(true);
  });

  test('many sessions are replaced at once, each only if it has not changed', async () => {
    for (let start = 0; start < count; start += 100) {
      const some = Array.from({ length: 100 }, (_, at) => sessionOf(start + at, 'old'));
      await Promise.all(some.map((session) => storage.storeSession(session)));
    }
    const found = await storage.findSessionsByShop(shop);
    expect(found).toHaveLength(count);
    await storage.storeSession(sessionOf(7, 'changed'));
    await storage.deleteSession(sessionOf(9, '').id);

    const made = await storage.replaceSessions(
      found.map((current) => ({
        current,
        next: Object.assign(new Session({ ...current }), { accessToken: 'new' }),
      })),
    );

    const refused = found.filter((_, at) => made[at] === false).map(({ id }) => id);
    expect(refused.sort()).toEqual([`${shop}_7`, `${shop}_9`]);
    const tokens = new Map<string | undefined, number>();
    for (const { accessToken } of await storage.findSessionsByShop(shop)) {
      tokens.set(accessToken, (tokens.get(accessToken) ?? 0) + 1);
    }
    expect([...tokens].sort()).toEqual([
      ['changed', 1],
      ['new', count - 2],
    ]);
  });

  test('all sessions are listed, and about counted', async () => {
    const ids = new Set<string>();
    for await (const { id } of storage.sessions()) ids.add(id);
    expect(ids.size).toBe(count - 1);
    const estimate = await storage.estimateSessions();
    expect(estimate).toBeGreaterThan(count / 2);
    expect(estimate).toBeLessThan(count * 2);
  });

  test('a session is removed only if it has not changed', async () => {
    const id = sessionOf(20, '').id;
    const [stale, current] = [await storage.loadSession(id), await storage.loadSession(id)];
    if (stale === undefined || current === undefined) throw new Error('It is not there.');
    await storage.storeSession(sessionOf(20, 'newer'));
    expect(await storage.removeSession(stale)).toBe(false);
    const newer = await storage.loadSession(id);
    if (newer === undefined) throw new Error('It is not there.');
    expect(await storage.removeSession(newer)).toBe(true);
    expect(await storage.removeSession(newer)).toBe(false);
    const found = await storage.findSessionsByShop(shop);
    expect(found.map((session) => session.id)).not.toContain(id);
  });

  test('all of a shop is deleted at once', async () => {
    const found = await storage.findSessionsByShop(shop);
    await storage.deleteSessions(found.map(({ id }) => id));
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
    for await (const { id } of storage.sessions()) throw new Error(`${id} is left.`);
  });
});
