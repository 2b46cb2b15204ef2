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
}
