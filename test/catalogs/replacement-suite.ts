// A catalog replaces a session only where nothing was stored since it was read, and then nothing else.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  expiringOfflineSession,
  offlineSession,
  onlineSession,
  secondsFromNow,
  token,
} from '../conformance/sessions.js';
import { type CatalogScene, keptAtRest, shop } from './catalog-scene.js';

/** Registers the tests of `replaceSession` for sessions that are there. */
export function replacementSuite(scene: CatalogScene): void {
  describe('replaceSession(current, next)', () => {
    test('replaces the tokens and the user of a session, and nothing else', async () => {
      for (const session of [expiringOfflineSession(shop), onlineSession(shop, 7)]) {
        const current = await scene.stored(session);
        const next = resealed(current);
        await expect(scene.catalog.replaceSession(current, next)).resolves.toBe(true);
        await expect(scene.atRest(session.id)).resolves.toEqual(next);
        const inner = await scene.storage.loadSession(session.id);
        expect(keptAtRest(inner)).toEqual(keptAtRest(next));
      }
    });

    test.each([{ accessToken: '' }, {}])('gives a session a token, and leaves %j', async (none) => {
      const bare = offlineSession(shop);
      delete bare.accessToken;
      const current = await scene.stored(bare);
      const next = { ...current, accessToken: token('shpat') };
      await expect(scene.catalog.replaceSession(current, next)).resolves.toBe(true);
      const again = await scene.atRest(bare.id);
      const { accessToken, ...others } = again;
      expect(accessToken).toBe(next.accessToken);
      const emptied = { ...others, ...none };
      await expect(scene.catalog.replaceSession(again, emptied)).resolves.toBe(true);
      expect((await scene.atRest(bare.id)).accessToken ?? '').toBe('');
    });

    test('takes a copy of what was handed out for the same', async () => {
      const current = structuredClone(await scene.stored(expiringOfflineSession(shop)));
      const next = resealed(current);
      await expect(scene.catalog.replaceSession(current, next)).resolves.toBe(true);
      await expect(scene.atRest(current.id)).resolves.toEqual(next);
    });

    test.each<[string, object]>([
      ['access token', { accessToken: 'later' }],
      ['refresh token', { refreshToken: 'later' }],
      ['absent refresh token', { refreshToken: '' }],
    ])('leaves a session of which only the %s was stored since', async (_title, change) => {
      const current = await scene.stored(expiringOfflineSession(shop));
      const newer = await storeNewer(scene, current, change);
      expect(newer).not.toEqual(current);
      const done = scene.catalog.replaceSession(current, resealed(current));
      await expect(done).resolves.toBe(false);
      await expect(scene.atRest(current.id)).resolves.toEqual(newer);
    });

    test.each([{ first_name: 'later' }, { last_name: 'later' }, { email: 'later@example.com' }])(
      'leaves a session of which only %j of the user was stored since',
      async (change) => {
        const current = await scene.stored(onlineSession(shop, 7));
        const newer = await storeNewer(scene, current, {}, change);
        const isKept = !isDeepStrictEqual(newer, current);
        const done = scene.catalog.replaceSession(current, resealed(current));
        await expect(done).resolves.toBe(!isKept);
        if (isKept) await expect(scene.atRest(current.id)).resolves.toEqual(newer);
      },
    );

    // What is not sealed may be left out of the comparison, if it is left out of what is written too.
    test.each([
      { scope: 'read_customers' },
      { expires: secondsFromNow(7_200) },
      { refreshTokenExpires: secondsFromNow(80 * 86_400) },
    ])('loses nothing of %j, stored since', async (change) => {
      const current = await scene.stored(expiringOfflineSession(shop));
      const newer = await storeNewer(scene, current, change);
      const next = resealed(current);
      const done = await scene.catalog.replaceSession(current, next);
      const { accessToken, refreshToken } = next;
      const expected = done ? { ...newer, accessToken, refreshToken } : newer;
      await expect(scene.atRest(current.id)).resolves.toEqual(expected);
    });

    // No two tokens of Shopify's do, and no two sealed ones.
    test.skipIf(scene.ignoresCase)(
      'leaves a session whose token differs in case only',
      async () => {
        const session = offlineSession(shop);
        session.accessToken = 'shpat_ABC';
        await scene.storage.storeSession(session);
        const current = await scene.atRest(session.id);
        session.accessToken = 'shpat_abc';
        await scene.storage.storeSession(session);
        const next = { ...current, accessToken: 'shpat_next' };
        await expect(scene.catalog.replaceSession(current, next)).resolves.toBe(false);
        expect((await scene.atRest(session.id)).accessToken).toBe('shpat_abc');
      },
    );

    test('leaves a session that is gone', async () => {
      const current = await scene.stored(offlineSession(shop));
      await scene.storage.deleteSession(current.id);
      const done = scene.catalog.replaceSession(current, resealed(current));
      await expect(done).resolves.toBe(false);
      await expect(scene.everySession()).resolves.toEqual([]);
    });

    test('is true without a change as long as nothing changed', async () => {
      const current = await scene.stored(expiringOfflineSession(shop));
      const same = { ...current };
      await expect(scene.catalog.replaceSession(current, same)).resolves.toBe(true);
      const again = await scene.atRest(current.id);
      expect(again).toEqual(current);
      const next = resealed(again);
      await expect(scene.catalog.replaceSession(again, next)).resolves.toBe(true);
      await expect(scene.catalog.replaceSession(again, same)).resolves.toBe(false);
      await expect(scene.atRest(current.id)).resolves.toEqual(next);
    });

    test('replaces what else differs, as for a copy of a newer session', async () => {
      const current = await scene.stored(onlineSession(shop, 7));
      const source = onlineSession(shop, 8);
      const next = { ...source.toObject(), id: current.id, scope: 'read_orders' };
      const done = scene.catalog.replaceSession(current, next as StoredSession);
      await expect(done).resolves.toBe(true);
      const inner = await scene.storage.loadSession(current.id);
      expect(keptAtRest(inner)).toEqual(keptAtRest(next));
    });

    test('refuses a session of another id', async () => {
      const current = await scene.stored(offlineSession(shop));
      const next = { ...current, id: 'offline_other' };
      await expect(scene.catalog.replaceSession(current, next)).rejects.toMatchObject({
        code: 'ERR_SESSION_INVALID',
      });
    });

    test('of several that replace one session at once, one does', async () => {
      const current = await scene.stored(offlineSession(shop));
      const nexts = Array.from({ length: 8 }, () => resealed(current));
      const done = await Promise.all(
        nexts.map((next) => scene.catalog.replaceSession(current, next)),
      );
      expect(done.filter(Boolean)).toHaveLength(1);
      await expect(scene.atRest(current.id)).resolves.toEqual(nexts[done.indexOf(true)]);
    });
  });
}

/**
 * What is at rest after the storage has stored a session again that differs in these properties only:
 * stored through our wrapper, every token of it would differ.
 */
async function storeNewer(
  scene: CatalogScene,
  { id }: StoredSession,
  change: object,
  userChange: object = {},
): Promise<StoredSession> {
  const later = await scene.storage.loadSession(id);
  if (later === undefined) throw new Error(`Session ${id} is not there.`);
  Object.assign(later, change);
  Object.assign(later.onlineAccessInfo?.associated_user ?? {}, userChange);
  await scene.storage.storeSession(later);
  return scene.atRest(id);
}

/** The session with other text in place of all that is sealed, as after re-encryption. */
function resealed(session: StoredSession): StoredSession {
  const next = structuredClone(session);
  next.accessToken = token('next');
  if (next.refreshToken) next.refreshToken = token('next');
  const user = next.onlineAccessInfo?.associated_user;
  if (user !== undefined) {
    Object.assign(user, {
      first_name: 'Zoé',
      last_name: "O'Hara \\' --",
      email: 'next@example.com',
    });
  }
  return next;
}
