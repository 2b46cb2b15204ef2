// Sessions are copied from every official storage to a Keyv and back, whatever each makes of dates,
// flags and absent values, and are recognised as the same at the second run.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copySessions } from '../../src/copying/index.js';
import {
  EncryptedSessionStorage,
  Keyring,
  KeyvSessionStorage,
  reencryptSessions,
  type SessionCatalog,
  type SessionLike,
} from '../../src/index.js';
import { mysqlBackend } from '../catalogs/backends/official-mysql.js';
import { postgresqlBackend } from '../catalogs/backends/official-postgresql.js';
import { prismaBackend } from '../catalogs/backends/official-prisma.js';
import { redisBackend } from '../catalogs/backends/official-redis.js';
import type { CatalogBackend } from '../catalogs/catalog-backend.js';
import {
  expiringOfflineSession,
  kept,
  offlineSession,
  onlineSession,
} from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';

const settings = { update: false, dryRun: false, batchSize: 4, allowNonAtomic: false };
const keyring = Keyring.generate();
const shop = 'a.myshopify.com';
const sessions = [
  expiringOfflineSession(shop),
  offlineSession('b.myshopify.com'),
  onlineSession(shop, 17),
  // As milliseconds are lost in SQL, and a session may have no scope.
  new Session({ ...onlineSession(shop, 18).toObject(), expires: new Date(Date.now() + 5_000_123) }),
  new Session({
    id: 'offline_c.myshopify.com',
    shop: 'c.myshopify.com',
    state: '',
    isOnline: false,
  }),
];

async function open(backend: CatalogBackend) {
  const place = await backend.create(sharedServer(backend.server ?? 'redis') ?? '');
  onTestFinished(() => backend.drop(place));
  const connection = await backend.connect(place);
  onTestFinished(() => connection.close());
  return connection;
}

for (const backend of [postgresqlBackend, mysqlBackend, redisBackend, prismaBackend]) {
  const isMissing = backend.server !== undefined && sharedServer(backend.server) === undefined;
  describe.skipIf(isMissing)(`copySessions, ${backend.name}`, () => {
    it.each([
      ['with user info sealed', true],
      ['with user info as plaintext', false],
    ])('to a Keyv and back, %s', async (_, userInfo) => {
      const source = await open(backend);
      const app = new EncryptedSessionStorage(source.storage, { keyring, userInfo });
      for (const session of sessions) await app.storeSession(session);
      const middle = new KeyvSessionStorage(new Keyv());
      const keyv: SessionCatalog<SessionLike> = middle;

      const all = { copied: 5, different: 0, refused: 0, plaintext: 0 };
      const verification = { source: 5, destination: 5, same: 5, different: 0, missing: 0 };
      expect(await copySessions(source.catalog, keyv, settings)).toMatchObject({
        ...all,
        verification,
      });
      const inMiddle = new EncryptedSessionStorage(middle, { keyring, userInfo });
      for (const { id } of sessions) {
        expect(kept(await inMiddle.loadSession(id))).toEqual(kept(await app.loadSession(id)));
      }

      const last = await open(backend);
      expect(await copySessions(keyv, last.catalog, settings)).toMatchObject({
        ...all,
        verification,
      });
      expect(await copySessions(keyv, last.catalog, settings)).toMatchObject({
        copied: 0,
        same: 5,
        different: 0,
      });
      const after = new EncryptedSessionStorage(last.storage, { keyring, userInfo });
      for (const { id } of sessions) {
        expect(kept(await after.loadSession(id))).toEqual(kept(await app.loadSession(id)));
      }
      // Everything is still sealed for its place.
      expect(
        await reencryptSessions(last.catalog, { keyring, userInfo, dryRun: true }),
      ).toMatchObject({ scanned: 5, current: 5, plaintext: 0, unreadable: 0 });
    });

    it('sees every change of a session', async () => {
      const source = await open(backend);
      const app = new EncryptedSessionStorage(source.storage, { keyring });
      await app.storeSession(expiringOfflineSession(shop));
      const keyv: SessionCatalog<SessionLike> = new KeyvSessionStorage(new Keyv());
      await copySessions(source.catalog, keyv, settings);
      const { id } = offlineSession(shop);

      for (const change of [
        { scope: 'read_orders' },
        { expires: new Date(Date.now() + 9_000_000) },
        { refreshToken: 'shprt_new' },
        { accessToken: 'shpat_new' },
      ]) {
        const session = await app.loadSession(id);
        if (session === undefined) throw new Error('The session is gone.');
        await app.storeSession(Object.assign(session, change));

        expect(await copySessions(source.catalog, keyv, settings)).toMatchObject({ different: 1 });
        expect(
          await copySessions(source.catalog, keyv, { ...settings, update: true }),
        ).toMatchObject({ updated: 1, verification: { same: 1, different: 0 } });
      }
    });
  });
}
