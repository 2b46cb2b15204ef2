// A catalog hands out what is stored, all of it, and as it is stored.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateKey, Keyring, reencryptSessions } from '../../src/index.js';
import { expiringOfflineSession, offlineSession, onlineSession } from '../conformance/sessions.js';
import { type CatalogScene, keptAtRest, shop } from './catalog-scene.js';

/** Registers the tests of `sessions` and `loadSession`. */
export function enumerationSuite(scene: CatalogScene): void {
  describe('sessions()', () => {
    test('hands out each kind of session as it is stored, with all that the storage keeps', async () => {
      const sessions = [
        offlineSession(shop),
        expiringOfflineSession('b.myshopify.com'),
        onlineSession(shop, 7),
      ];
      for (const session of sessions) await scene.app.storeSession(session);
      const found = await scene.everySession();
      expect(found.map(({ id }) => id).sort()).toEqual(sessions.map(({ id }) => id).sort());
      for (const session of found) {
        const inner = await scene.storage.loadSession(session.id);
        expect(keptAtRest(session)).toEqual(keptAtRest(inner));
        expect(session.accessToken).toMatch(/^ey/);
        const user = session.onlineAccessInfo?.associated_user;
        expect(user?.email).toEqual(session.isOnline ? expect.stringMatching(/^ey/) : undefined);
      }
    });

    test('hands out plaintext as plaintext', async () => {
      const session = onlineSession(shop, 7);
      await scene.storage.storeSession(session);
      const [found] = await scene.everySession();
      expect(keptAtRest(found)).toEqual(keptAtRest(session));
    });

    test('hands out nothing of an empty store', async () => {
      await expect(scene.everySession()).resolves.toEqual([]);
    });

    const throughout = 'finds every session that was there throughout while others come and go';
    test.runIf(scene.isThorough)(throughout, async () => {
      const ids = Array.from({ length: scene.many }, (_, index) => idOf(index));
      const coming = (id: string) =>
        scene.storage.storeSession(offlineSession(`shop of ${id}`, id));
      await inParallel(ids, coming);
      const staying = new Set(ids.filter((_, index) => index % 5 !== 0));
      const found = new Set<string>();
      for await (const { id } of scene.catalog.sessions()) {
        found.add(id);
        if (found.size % 50 !== 0) continue;
        // More leave than come, so that what is counted from the start would shift.
        const leaving = ids.filter((_, index) => index % 5 === 0 && index % 23 === found.size / 50);
        await inParallel(leaving, (gone) => scene.storage.deleteSession(gone));
        await inParallel(leaving.slice(0, 3), (gone) => coming(`${gone}_again`));
      }
      expect([...staying].filter((id) => !found.has(id))).toEqual([]);
    });
  });

  describe('a record that is not a session', () => {
    let remove = async (): Promise<unknown> => undefined;
    const damaged = 'offline_b.myshopify.com';
    beforeEach(async ({ skip }) => {
      if (scene.damage === undefined) return skip();
      for (const name of ['a', 'b', 'c']) {
        await scene.app.storeSession(offlineSession(`${name}.myshopify.com`));
      }
      remove = await scene.damage(damaged);
    });
    afterEach(() => remove());

    test('is reported when all that are sessions were handed out', async () => {
      const ids: string[] = [];
      const enumeration = async () => {
        for await (const { id } of scene.catalog.sessions()) ids.push(id);
      };
      await expect(enumeration()).rejects.toMatchObject({
        code: 'ERR_RECORD_UNREADABLE',
        records: 1,
      });
      expect(ids.sort()).toEqual(['offline_a.myshopify.com', 'offline_c.myshopify.com']);
    });

    test('is never taken for one that is gone', async () => {
      if (scene.catalog.loadSession === undefined) return;
      await expect(scene.catalog.loadSession(damaged)).rejects.toMatchObject({
        code: 'ERR_RECORD_UNREADABLE',
        sessionId: damaged,
      });
    });

    test('is unreadable in the report of a run, which brings the others to the new key', async () => {
      const keyring = Keyring.parse(`${generateKey({ kid: 'new' }).text},${scene.key}`);
      const report = await reencryptSessions(scene.catalog, { keyring, allowNonAtomic: true });
      expect(report).toMatchObject({ scanned: 3, reencrypted: 2, unreadable: 1 });
      expect(report.keys).toMatchObject([
        { kid: 'new', state: 'primary' },
        { kid: 'app', state: 'unknown' },
      ]);
    });
  });

  describe('loadSession()', () => {
    test('reads one session as it is stored', async () => {
      const session = await scene.stored(onlineSession(shop, 7));
      await expect(scene.catalog.loadSession?.(session.id)).resolves.toEqual(session);
    });

    test('answers undefined where there is none', async () => {
      await expect(scene.catalog.loadSession?.('offline_b')).resolves.toBeUndefined();
    });
  });
}

/** Ids whose order differs between collations. */
const idOf = (index: number): string =>
  `${['offline_', 'Offline-', 'z.', '_'][index % 4]}${index}.myshopify.com`;

async function inParallel<T>(values: readonly T[], run: (value: T) => Promise<unknown>) {
  const queue = values.values();
  const worker = async () => {
    for (const value of queue) await run(value);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
