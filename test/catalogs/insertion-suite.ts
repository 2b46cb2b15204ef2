// A catalog stores a session that is not there yet, as copying does.
import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  expiringOfflineSession,
  kept,
  offlineSession,
  onlineSession,
} from '../conformance/sessions.js';
import { type CatalogScene, shop } from './catalog-scene.js';

/** Registers the tests of `replaceSession` for sessions that are not there. */
export function insertionSuite(scene: CatalogScene): void {
  describe('replaceSession(undefined, next)', () => {
    test('stores a session that is not there, for the app to find', async () => {
      for (const session of [
        offlineSession(shop),
        expiringOfflineSession('b.myshopify.com'),
        onlineSession(shop, 7),
      ]) {
        const next = session.toObject() as StoredSession;
        await expect(scene.catalog.replaceSession(undefined, next)).resolves.toBe(true);
        const loaded = await scene.storage.loadSession(session.id);
        expect(kept(loaded)).toEqual(kept(session));
        const found = await scene.storage.findSessionsByShop?.(session.shop);
        // KV's own storage also finds nothing, where a session of the shop is gone.
        expect(found?.map((one) => one?.id)).toContain(session.id);
      }
    });

    test('leaves a session that is there', async () => {
      const current = await scene.stored(offlineSession(shop));
      const other = offlineSession(shop).toObject() as StoredSession;
      await expect(scene.catalog.replaceSession(undefined, other)).resolves.toBe(false);
      await expect(scene.atRest(current.id)).resolves.toEqual(current);
    });

    test('of several that store one session at once, one does', async () => {
      const nexts = Array.from({ length: 8 }, () => offlineSession(shop).toObject());
      const done = await Promise.all(
        nexts.map((next) => scene.catalog.replaceSession(undefined, next as StoredSession)),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      const winner = nexts[done.indexOf(true)];
      expect((await scene.atRest(`offline_${shop}`)).accessToken).toBe(winner?.accessToken);
    });
  });
  describe('insertSessions()', () => {
    const insert = async (sessions: readonly StoredSession[]) =>
      scene.catalog.insertSessions?.(sessions);
    const sessionNumber = (n: number) => {
      const own = `shop-${n}.myshopify.com`;
      const kinds = [offlineSession(own), expiringOfflineSession(own), onlineSession(own, n + 1)];
      return kinds[n % 3]?.toObject() as StoredSession;
    };

    test('stores those that are not there, for the app to find, and leaves the others', async ({
      skip,
    }) => {
      if (scene.catalog.insertSessions === undefined) return skip();
      const sessions = Array.from({ length: 40 }, (_, n) => sessionNumber(n));
      const there = [sessions[7], sessions[8]] as StoredSession[];
      const before = there.map((session) => ({ ...session, accessToken: 'was there' }));
      for (const session of before) await scene.catalog.replaceSession(undefined, session);

      // The last one comes twice.
      const done = await insert([...sessions, sessionNumber(39)]);

      expect(done).toEqual([...sessions.map((one) => !there.includes(one)), false]);
      for (const session of sessions) {
        const expected = there.includes(session) ? 'was there' : session.accessToken;
        expect((await scene.storage.loadSession(session.id))?.accessToken).toBe(expected);
      }
      expect(await scene.everySession()).toHaveLength(40);
    });

    test('of two batches that store the same sessions at once, each session is stored by one', async ({
      skip,
    }) => {
      if (scene.catalog.insertSessions === undefined) return skip();
      const sessions = Array.from({ length: 40 }, (_, n) => sessionNumber(n));
      const reversed = [...sessions].reverse();

      const [one, other] = await Promise.all([insert(sessions), insert(reversed)]);

      // One that neither stored is for `replaceSession` to store.
      for (const at of sessions.keys()) {
        expect([one?.[at], other?.[39 - at]].filter(Boolean).length).toBeLessThanOrEqual(1);
      }
      const stored = [...(one ?? []), ...(other ?? [])].filter(Boolean).length;
      expect(await scene.everySession()).toHaveLength(stored);
    });

    test('stores nothing when there is nothing to store', async ({ skip }) => {
      if (scene.catalog.insertSessions === undefined) return skip();
      expect(await insert([])).toEqual([]);
    });
  });
}
