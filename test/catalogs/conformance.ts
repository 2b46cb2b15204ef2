// The conformance suite of session catalogs. Sessions are written by the storage that an app uses,
// wrapped in ours, as they are while a key is rotated.
import { randomBytes } from 'node:crypto';
import { Session } from '@shopify/shopify-api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { EncryptedSessionStorage, Keyring, reencryptSessions } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import {
  expiringOfflineSession,
  kept,
  offlineSession,
  onlineSession,
  token,
} from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import type { CatalogBackend, CatalogConnection } from './catalog-backend.js';

const shop = 'a.myshopify.com';

/** Registers the suite over `backend`; skipped where the server that it needs cannot be had. */
export function sessionCatalogConformance(backend: CatalogBackend): void {
  const server = backend.server === undefined ? '' : sharedServer(backend.server);

  describe.skipIf(server === undefined)(`the catalog of ${backend.name}`, () => {
    let place: Place | undefined;
    let connection: CatalogConnection;
    let app: EncryptedSessionStorage<CatalogConnection['storage']>;
    beforeAll(async () => {
      place = await backend.create(server ?? '');
      connection = await backend.connect(place);
      app = new EncryptedSessionStorage(connection.storage, {
        keyring: Keyring.generate(),
        userInfo: true,
      });
    });
    afterAll(async () => {
      await connection?.close();
      if (place !== undefined) await backend.drop(place);
    });
    beforeEach(async () => {
      const ids = (await everySession()).map(({ id }) => id);
      for (let start = 0; start < ids.length; start += 500) {
        await connection.storage.deleteSessions?.(ids.slice(start, start + 500));
      }
    });

    const everySession = async () => {
      const found: StoredSession[] = [];
      for await (const session of connection.catalog.sessions()) found.push(session);
      return found;
    };
    /** Stores a session through the app, and reads it through the catalog. */
    const stored = async (session: Session) => {
      await app.storeSession(session);
      return atRest(session.id);
    };
    const atRest = async (id: string) => {
      const session = (await everySession()).find((found) => found.id === id);
      if (session === undefined) throw new Error(`Session ${id} is not there.`);
      return session;
    };

    describe('sessions()', () => {
      test('hands out each kind of session as it is stored, with all that the storage keeps', async () => {
        const sessions = [
          offlineSession(shop),
          expiringOfflineSession('b.myshopify.com'),
          onlineSession(shop, 7),
        ];
        for (const session of sessions) await app.storeSession(session);
        const found = await everySession();
        expect(found.map(({ id }) => id).sort()).toEqual(sessions.map(({ id }) => id).sort());
        for (const session of found) {
          const inner = await connection.storage.loadSession(session.id);
          expect(keptAtRest(session)).toEqual(keptAtRest(inner));
          expect(session.accessToken).toMatch(/^ey/);
          const user = session.onlineAccessInfo?.associated_user;
          expect(user?.email).toEqual(session.isOnline ? expect.stringMatching(/^ey/) : undefined);
        }
      });

      test('hands out plaintext as plaintext', async () => {
        const session = onlineSession(shop, 7);
        await connection.storage.storeSession(session);
        const [found] = await everySession();
        expect(keptAtRest(found)).toEqual(keptAtRest(session));
      });

      test('hands out nothing of an empty store', async () => {
        await expect(everySession()).resolves.toEqual([]);
      });

      test('finds every session that was there throughout while others come and go', async () => {
        const ids = Array.from({ length: 1_250 }, (_, index) => idOf(index));
        const coming = (id: string) => connection.storage.storeSession(offlineSession(shop, id));
        await inParallel(ids, coming);
        const throughout = new Set(ids.filter((_, index) => index % 5 !== 0));
        const found = new Set<string>();
        for await (const { id } of connection.catalog.sessions()) {
          found.add(id);
          if (found.size % 50 !== 0) continue;
          // More leave than come, so that what is counted from the start would shift.
          const leaving = ids.filter(
            (_, index) => index % 5 === 0 && index % 23 === found.size / 50,
          );
          await inParallel(leaving, (gone) => connection.storage.deleteSession(gone));
          await inParallel(leaving.slice(0, 3), (gone) => coming(`${gone}_again`));
        }
        expect([...throughout].filter((id) => !found.has(id))).toEqual([]);
      });
    });

    describe('loadSession()', () => {
      test('reads one session as it is stored', async () => {
        const session = await stored(onlineSession(shop, 7));
        await expect(connection.catalog.loadSession?.(session.id)).resolves.toEqual(session);
      });

      test('answers undefined where there is none', async () => {
        await expect(connection.catalog.loadSession?.('offline_b')).resolves.toBeUndefined();
      });
    });

    describe('replaceSession(current, next)', () => {
      test('replaces the tokens and the user of a session, and nothing else', async () => {
        for (const session of [expiringOfflineSession(shop), onlineSession(shop, 7)]) {
          const current = await stored(session);
          const next = resealed(current);
          await expect(connection.catalog.replaceSession(current, next)).resolves.toBe(true);
          await expect(atRest(session.id)).resolves.toEqual(next);
          const inner = await connection.storage.loadSession(session.id);
          expect(keptAtRest(inner)).toEqual(keptAtRest(next));
        }
      });

      test('gives a session that has no token one, and takes it away again', async () => {
        const bare = offlineSession(shop);
        delete bare.accessToken;
        const current = await stored(bare);
        const next = { ...current, accessToken: token('shpat') };
        await expect(connection.catalog.replaceSession(current, next)).resolves.toBe(true);
        expect((await atRest(bare.id)).accessToken).toBe(next.accessToken);
        const again = await atRest(bare.id);
        const emptied = { ...again, accessToken: '' };
        await expect(connection.catalog.replaceSession(again, emptied)).resolves.toBe(true);
        expect((await atRest(bare.id)).accessToken ?? '').toBe('');
      });

      test('takes a copy of what was handed out for the same', async () => {
        const current = structuredClone(await stored(expiringOfflineSession(shop)));
        const next = resealed(current);
        await expect(connection.catalog.replaceSession(current, next)).resolves.toBe(true);
        await expect(atRest(current.id)).resolves.toEqual(next);
      });

      test.each<[string, (session: Session) => void]>([
        ['access token', (session) => Object.assign(session, { accessToken: token('shpat') })],
        ['refresh token', (session) => Object.assign(session, { refreshToken: token('shprt') })],
        ['absent refresh token', (session) => Object.assign(session, { refreshToken: undefined })],
      ])('leaves a session whose %s was stored meanwhile', async (_title, change) => {
        const session = expiringOfflineSession(shop);
        const current = await stored(session);
        const later = new Session(session.toObject());
        change(later);
        const meanwhile = await stored(later);
        const done = connection.catalog.replaceSession(current, resealed(current));
        await expect(done).resolves.toBe(false);
        await expect(atRest(session.id)).resolves.toEqual(meanwhile);
      });

      test('leaves a session whose token differs in case only', async () => {
        const session = offlineSession(shop);
        session.accessToken = 'shpat_ABC';
        await connection.storage.storeSession(session);
        const current = await atRest(session.id);
        session.accessToken = 'shpat_abc';
        await connection.storage.storeSession(session);
        const next = { ...current, accessToken: 'shpat_next' };
        await expect(connection.catalog.replaceSession(current, next)).resolves.toBe(false);
        expect((await atRest(session.id)).accessToken).toBe('shpat_abc');
      });

      test('leaves a session that is gone', async () => {
        const current = await stored(offlineSession(shop));
        await connection.storage.deleteSession(current.id);
        const done = connection.catalog.replaceSession(current, resealed(current));
        await expect(done).resolves.toBe(false);
        await expect(everySession()).resolves.toEqual([]);
      });

      test('is true without a change as long as nothing changed', async () => {
        const current = await stored(expiringOfflineSession(shop));
        const same = { ...current };
        await expect(connection.catalog.replaceSession(current, same)).resolves.toBe(true);
        const again = await atRest(current.id);
        expect(again).toEqual(current);
        const next = resealed(again);
        await expect(connection.catalog.replaceSession(again, next)).resolves.toBe(true);
        await expect(connection.catalog.replaceSession(again, same)).resolves.toBe(false);
        await expect(atRest(current.id)).resolves.toEqual(next);
      });

      test('replaces what else differs, as for a copy of a newer session', async () => {
        const current = await stored(onlineSession(shop, 7));
        const source = onlineSession(shop, 8);
        const next = { ...source.toObject(), id: current.id, scope: 'read_orders' };
        const done = connection.catalog.replaceSession(current, next as StoredSession);
        await expect(done).resolves.toBe(true);
        const inner = await connection.storage.loadSession(current.id);
        expect(keptAtRest(inner)).toEqual(keptAtRest(next));
      });

      test('refuses a session of another id', async () => {
        const current = await stored(offlineSession(shop));
        const next = { ...current, id: 'offline_other' };
        await expect(connection.catalog.replaceSession(current, next)).rejects.toMatchObject({
          code: 'ERR_SESSION_INVALID',
        });
      });

      test('of several that replace one session at once, one does', async () => {
        const current = await stored(offlineSession(shop));
        const nexts = Array.from({ length: 8 }, () => resealed(current));
        const done = await Promise.all(
          nexts.map((next) => connection.catalog.replaceSession(current, next)),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        await expect(atRest(current.id)).resolves.toEqual(nexts[done.indexOf(true)]);
      });

      test('loses nothing that the app stores at the same time', async () => {
        const shops = ['one', 'two', 'three', 'four'].map((name) => `${name}.myshopify.com`);
        let writing = shops.length;
        const newest = new Map<string, string | undefined>();
        let replaced = 0;
        const write = async (name: string) => {
          for (let round = 0; round < 40 || replaced < 10; round++) {
            const session = expiringOfflineSession(name);
            await app.storeSession(session);
            newest.set(session.id, session.refreshToken);
            await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
          }
          writing--;
        };
        const replace = async () => {
          while (writing > 0) {
            // A database within this process answers without giving up control.
            await new Promise((resolve) => setImmediate(resolve));
            for await (const current of connection.catalog.sessions()) {
              // Opened and stored again, with the same tokens: other text, same meaning.
              const { accessToken, refreshToken } = current;
              const next = {
                ...current,
                accessToken: flip(accessToken),
                refreshToken: flip(refreshToken),
              };
              if (await connection.catalog.replaceSession(current, next)) replaced++;
            }
          }
        };
        await Promise.all([...shops.map(write), replace(), replace()]);
        for (const current of await everySession()) {
          const { accessToken, refreshToken } = current;
          if (accessToken?.startsWith('flipped ')) {
            const back = {
              ...current,
              accessToken: flip(accessToken),
              refreshToken: flip(refreshToken),
            };
            await expect(connection.catalog.replaceSession(current, back)).resolves.toBe(true);
          }
          const session = await app.loadSession(current.id);
          expect(session?.refreshToken).toBe(newest.get(current.id));
        }
        expect(newest.size).toBe(shops.length);
      });
    });

    describe('replaceSession(undefined, next)', () => {
      test('stores a session that is not there, for the app to find', async () => {
        for (const session of [
          offlineSession(shop),
          expiringOfflineSession('b.myshopify.com'),
          onlineSession(shop, 7),
        ]) {
          const next = session.toObject() as StoredSession;
          await expect(connection.catalog.replaceSession(undefined, next)).resolves.toBe(true);
          const loaded = await connection.storage.loadSession(session.id);
          expect(kept(loaded)).toEqual(kept(session));
          const found = await connection.storage.findSessionsByShop?.(session.shop);
          expect(found?.map(({ id }) => id)).toContain(session.id);
        }
      });

      test('leaves a session that is there', async () => {
        const current = await stored(offlineSession(shop));
        const other = offlineSession(shop).toObject() as StoredSession;
        await expect(connection.catalog.replaceSession(undefined, other)).resolves.toBe(false);
        await expect(atRest(current.id)).resolves.toEqual(current);
      });

      test('of several that store one session at once, one does', async () => {
        const nexts = Array.from({ length: 8 }, () => offlineSession(shop).toObject());
        const done = await Promise.all(
          nexts.map((next) => connection.catalog.replaceSession(undefined, next as StoredSession)),
        );
        expect(done.filter(Boolean)).toHaveLength(1);
        const winner = nexts[done.indexOf(true)];
        expect((await atRest(`offline_${shop}`)).accessToken).toBe(winner?.accessToken);
      });
    });

    describe('reencryptSessions()', () => {
      test('brings the tokens and the user of every session to the primary key', async () => {
        const keyOf = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
        const [oldKey, newKey] = [keyOf('old'), keyOf('new')];
        const sessions = [expiringOfflineSession(shop), onlineSession(shop, 7)];
        const before = new EncryptedSessionStorage(connection.storage, {
          keyring: Keyring.parse(oldKey),
          userInfo: true,
        });
        for (const session of sessions) await before.storeSession(session);
        const keyring = Keyring.parse(`${newKey},${oldKey}`);
        const report = await reencryptSessions(connection.catalog, { keyring, userInfo: true });
        expect(report).toMatchObject({ scanned: 2, reencrypted: 2, byKid: { new: 2 } });
        const after = new EncryptedSessionStorage(connection.storage, {
          keyring: Keyring.parse(newKey),
        });
        for (const session of sessions) {
          expect(keptAtRest(await after.loadSession(session.id))).toEqual(keptAtRest(session));
        }
      });

      test('seals what is plaintext, and opens it again to back out', async () => {
        const sessions = [expiringOfflineSession(shop), onlineSession(shop, 7)];
        for (const session of sessions) await connection.storage.storeSession(session);
        const options = { keyring: Keyring.generate(), userInfo: true } as const;
        await reencryptSessions(connection.catalog, { ...options, mode: 'migrate' });
        for (const session of await everySession()) {
          expect(session.accessToken).toMatch(/^ey/);
          const user = session.onlineAccessInfo?.associated_user;
          if (user !== undefined) expect(user.email).toMatch(/^ey/);
        }
        await reencryptSessions(connection.catalog, { ...options, mode: 'rollback' });
        for (const session of sessions) {
          const inner = await connection.storage.loadSession(session.id);
          expect(keptAtRest(inner)).toEqual(keptAtRest(session));
        }
      });
    });

    test('has nothing to warn of in a store as its storage makes it', async () => {
      await stored(offlineSession(shop));
      expect((await connection.catalog.warnings?.()) ?? []).toEqual([]);
      expect(connection.catalog.atomic).toBe(true);
    });
  });
}

/** What storages keep of a session; some write '' for a token that is absent, some nothing. */
const keptAtRest = (session: object | undefined): unknown => {
  const properties = kept(session && new Session(session as never)) as object | undefined;
  return properties && Object.fromEntries(Object.entries(properties).filter(([, v]) => v !== ''));
};

/** Ids whose order differs between collations. */
const idOf = (index: number): string =>
  `${['offline_', 'Offline-', 'z.', '_'][index % 4]}${index}.myshopify.com`;

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

const mark = 'flipped ';
function flip(value: string | undefined): string {
  return value?.startsWith(mark) ? value.slice(mark.length) : `${mark}${value}`;
}

async function inParallel<T>(values: readonly T[], run: (value: T) => Promise<unknown>) {
  const queue = values.values();
  const worker = async () => {
    for (const value of queue) await run(value);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
