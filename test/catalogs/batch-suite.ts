// A catalog replaces many sessions in one go, each by itself; removes one only as it was read; and
// knows about how many there are.
import type { Session } from '@shopify/shopify-api';
import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionChange } from '../../src/index.js';
import {
  expiringOfflineSession,
  offlineSession,
  onlineSession,
  token,
} from '../conformance/sessions.js';
import type { CatalogScene } from './catalog-scene.js';

/** Registers the tests of `replaceSessions`, `removeSession` and `estimateSessions`. */
export function batchSuite(scene: CatalogScene): void {
  /** Every session that is stored, by its id. */
  const byId = async () => new Map((await scene.everySession()).map((one) => [one.id, one]));
  const replaceAll = async (changes: readonly SessionChange<StoredSession>[]) => {
    const { catalog } = scene;
    if (catalog.replaceSessions !== undefined) return catalog.replaceSessions(changes);
    return Promise.all(changes.map(({ current, next }) => catalog.replaceSession(current, next)));
  };

  describe('replaceSessions()', () => {
    test('replaces each session by itself: one that has changed or is gone costs the others nothing', async () => {
      const sessions = Array.from({ length: 60 }, (_, n) => sessionNumber(n));
      await Promise.all(sessions.map((session) => scene.app.storeSession(session)));
      const read = [...(await byId()).values()];
      expect(read).toHaveLength(60);
      const changed = read.filter((_, n) => n % 7 === 3).map(({ id }) => id);
      const gone = read.filter((_, n) => n % 7 === 5).map(({ id }) => id);
      for (const session of sessions.filter(({ id }) => changed.includes(id))) {
        session.accessToken = token('shpat');
        await scene.app.storeSession(session);
      }
      await scene.storage.deleteSessions?.(gone);
      const before = await byId();

      const changes = read.map((current) => ({ current, next: resealed(current) }));
      const done = await replaceAll(changes);

      const after = await byId();
      expect(done).toEqual(read.map(({ id }) => !changed.includes(id) && !gone.includes(id)));
      expect(after.size).toBe(60 - gone.length);
      for (const { next } of changes) {
        if (gone.includes(next.id)) continue;
        const expected = changed.includes(next.id) ? before.get(next.id) : next;
        expect(after.get(next.id)).toEqual(expected);
      }
    });

    test.skipIf(!scene.atomic)(
      'of two batches that replace the same sessions at once, each session is replaced by one',
      async () => {
        const sessions = Array.from({ length: 40 }, (_, n) => sessionNumber(n));
        await Promise.all(sessions.map((session) => scene.app.storeSession(session)));
        const [one, other] = await Promise.all([scene.everySession(), scene.everySession()]);
        other.reverse();
        const changesOf = (read: readonly StoredSession[]) =>
          read.map((current) => ({ current, next: resealed(current) }));
        const changes = [changesOf(one), changesOf(other)];

        const done = await Promise.all(changes.map(replaceAll));

        const after = await byId();
        for (const { next } of changes[0] ?? []) {
          const made = changes.flatMap((batch, at) =>
            batch.filter((change, n) => change.next.id === next.id && done[at]?.[n] === true),
          );
          expect(made).toHaveLength(1);
          expect(after.get(next.id)).toEqual(made[0]?.next);
        }
      },
    );

    test('replaces nothing when there is nothing to replace', async () => {
      await expect(replaceAll([])).resolves.toEqual([]);
    });
  });

  describe('removeSession()', () => {
    test('removes a session that is still as it was read, and its shop has it no more', async () => {
      const current = await scene.stored(offlineSession(sessionNumber(0).shop));
      await expect(scene.catalog.removeSession?.(current)).resolves.toBe(true);
      await expect(scene.everySession()).resolves.toEqual([]);
      await expect(scene.storage.findSessionsByShop?.(current.shop)).resolves.toEqual([]);
      await expect(scene.catalog.removeSession?.(current)).resolves.toBe(false);
    });

    test('leaves a session that was stored since it was read', async () => {
      const session = expiringOfflineSession(sessionNumber(0).shop);
      const current = await scene.stored(session);
      session.accessToken = token('shpat');
      const stored = await scene.stored(session);
      await expect(scene.catalog.removeSession?.(current)).resolves.toBe(false);
      await expect(scene.atRest(session.id)).resolves.toEqual(stored);
    });

    test('leaves a session that has got a refresh token since it was read', async () => {
      const session = offlineSession(sessionNumber(0).shop);
      await scene.storage.storeSession(session);
      const current = await scene.atRest(session.id);
      session.refreshToken = token('shprt');
      await scene.storage.storeSession(session);
      await expect(scene.catalog.removeSession?.(current)).resolves.toBe(false);
      expect((await scene.atRest(session.id)).refreshToken).toBe(session.refreshToken);
    });
  });

  test('estimateSessions() is a number, and never fails on a store that is there', async () => {
    await Promise.all([1, 2, 3].map((n) => scene.app.storeSession(sessionNumber(n))));
    const estimate = (await scene.catalog.estimateSessions?.()) ?? 0;
    // A server may not have counted the rows of a new table yet.
    expect(estimate).toBeGreaterThanOrEqual(0);
  });
}

/** Sessions of each kind, each of a shop of its own. */
function sessionNumber(n: number): Session {
  const shop = `${['a', 'B', 'z-', '9.'][n % 4]}shop-${n}.myshopify.com`;
  if (n % 3 === 0) return onlineSession(shop, n + 1);
  return n % 3 === 1 ? offlineSession(shop) : expiringOfflineSession(shop);
}

/** The session with other text in place of its tokens, as after re-encryption. */
function resealed(session: StoredSession): StoredSession {
  const next = structuredClone(session);
  if (next.accessToken) next.accessToken = token('next');
  if (next.refreshToken) next.refreshToken = token('next');
  const user = next.onlineAccessInfo?.associated_user;
  if (user?.email) user.email = `${token('next')}@'"\\example.com`;
  return next;
}
