// A smoke test of storages that are not Shopify's, bare and wrapped, with the same assertions.
import { describe, expect, onTestFinished, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import {
  expiringOfflineSession,
  kept,
  offlineSession,
  onlineSession,
  tokensOf,
} from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { openCosmosLike, openFirestoreLike, openKysely } from './storages.js';

const postgres = sharedServer('postgres');
const shop = 'a.myshopify.com';

describe.each([
  ['shopify-app-session-storage-kysely on PostgreSQL', openKysely, postgres],
  ['a stand-in for a storage over Firestore', openFirestoreLike, ''],
  ['a stand-in for a storage over Cosmos DB', openCosmosLike, ''],
] as const)('%s', (_name, open, server) => {
  test.skipIf(server === undefined).each(['bare', 'wrapped'])(
    '%s, stores, loads, finds and deletes sessions',
    async (how) => {
      const { storage: inner, raw, drop } = await open(server ?? '');
      onTestFinished(drop);
      const isWrapped = how === 'wrapped';
      const storage = isWrapped
        ? new EncryptedSessionStorage(inner, { keyring: Keyring.generate(), userInfo: true })
        : inner;
      const sessions = [
        offlineSession(shop),
        onlineSession(shop, 42),
        expiringOfflineSession('b.myshopify.com'),
      ];
      for (const session of sessions) {
        await expect(storage.storeSession(session)).resolves.toBe(true);
        await expect(storage.storeSession(session)).resolves.toBe(true);
        expect(kept(await storage.loadSession(session.id))).toEqual(kept(session));
      }
      const contents = await raw();
      for (const secret of sessions.flatMap(tokensOf)) {
        expect(contents.includes(secret)).toBe(!isWrapped);
      }
      const found = await storage.findSessionsByShop?.(shop);
      expect(found?.map(kept)).toEqual(expect.arrayContaining(sessions.slice(0, 2).map(kept)));
      expect(found).toHaveLength(2);
      const [one, other, third] = sessions.map(({ id }) => id);
      await expect(storage.deleteSession(one ?? '')).resolves.toBe(true);
      await expect(storage.loadSession(one ?? '')).resolves.toBeUndefined();
      await expect(storage.deleteSessions?.([other ?? '', third ?? ''])).resolves.toBe(true);
      await expect(storage.findSessionsByShop?.('b.myshopify.com')).resolves.toEqual([]);
      for (const secret of sessions.flatMap(tokensOf)) expect(await raw()).not.toContain(secret);
    },
  );
});
