// Anyone who can edit a shop's list of sessions in the store must not get another shop's tokens opened.
import { describe, expect, test } from 'vitest';
import { offlineSession, refreshToken, rewrapped, wrapped } from './subject.js';

const ids = { a: 'offline_a.myshopify.com', b: 'offline_b.myshopify.com' };

/** Two shops' sessions, and a wrapped storage that finds both for either. */
async function withEditedList(options: Parameters<typeof wrapped>[0] = {}) {
  const storage = wrapped(options);
  await storage.storeSession(offlineSession({ refreshToken }));
  await storage.storeSession(offlineSession({ shop: 'b.myshopify.com', refreshToken }));
  storage.inner.findSessionsByShop = async () => [...storage.inner.rows.values()];
  return storage;
}

describe('findSessionsByShop', () => {
  test.each(['strict', 'migrate', 'rollback'] as const)(
    'does not hand out a session of another shop in mode %s',
    async (mode) => {
      const storage = await withEditedList({ mode });
      const found = await storage.findSessionsByShop('a.myshopify.com');
      expect(found.map(({ id }) => id)).toEqual([ids.a]);
    },
  );

  test('reports it, and opens nothing of it', async () => {
    const events: unknown[] = [];
    const storage = rewrapped(await withEditedList(), {
      observer: {
        opened: ({ sessionId }) => void events.push(sessionId),
        unreadable: (event) => void events.push(event),
      },
    });
    await storage.findSessionsByShop('a.myshopify.com');
    expect(events).toEqual([
      { sessionId: ids.b, field: undefined, kid: undefined, code: 'ERR_SESSION_MISMATCH' },
      ids.a,
      ids.a,
    ]);
  });

  test('compares shops without case, as SQL collations do', async () => {
    const storage = await withEditedList();
    const found = await storage.findSessionsByShop('B.myshopify.com');
    expect(found.map(({ id }) => id)).toEqual([ids.b]);
    expect(found[0]?.accessToken).toMatch(/^shpat_/);
  });

  test('does not hand out a session without a shop', async () => {
    const storage = await withEditedList();
    Object.assign(storage.inner.row(ids.b), { shop: undefined });
    const found = await storage.findSessionsByShop('a.myshopify.com');
    expect(found.map(({ id }) => id)).toEqual([ids.a]);
  });
});
