// The storages that are compared, on one server: the official one bare and wrapped, ours bare and wrapped, and
// a bare client.
import { Session } from '@shopify/shopify-api';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { barePostgres } from './bare-postgres.js';
import { bareRedis } from './bare-redis.js';
import { sealedByHand } from './sealed-by-hand.js';
import type { Server } from './servers.js';
import type { StorageUnderTest } from './storage-under-test.js';

export const OFFICIAL = 'official';
export const OFFICIAL_WRAPPED = 'official, wrapped';
export const BY_HAND = 'official, bare cipher by hand';
export const KEYV = 'ours over Keyv, not wrapped';
export const KEYV_WRAPPED = 'ours over Keyv, wrapped';

export async function openStorages(server: Server): Promise<StorageUnderTest[]> {
  const keyring = Keyring.generate('2026-11');
  const official = await openOfficial(server, `${server.prefix}_official`);
  const byHand = await openOfficial(server, `${server.prefix}_by_hand`);
  const toWrap = await openOfficial(server, `${server.prefix}_wrapped`);
  const [keyv, keyvToWrap] = ['keyv', 'keyv-sealed'].map((space) =>
    openSessionStorage(server.url, { Session, prefix: `${server.prefix}-${space}` }),
  );
  if (keyv === undefined || keyvToWrap === undefined) throw new Error('unreachable');
  const officialByHand = { storage: byHand, close: () => byHand.disconnect() };
  return [
    { name: OFFICIAL, storage: official, close: () => official.disconnect() },
    {
      name: OFFICIAL_WRAPPED,
      storage: new EncryptedSessionStorage(toWrap, { keyring }),
      close: () => toWrap.disconnect(),
    },
    sealedByHand({ name: OFFICIAL, ...officialByHand }, BY_HAND),
    { name: KEYV, storage: keyv, close: () => keyv.disconnect() },
    {
      name: KEYV_WRAPPED,
      storage: new EncryptedSessionStorage(keyvToWrap, { keyring }),
      close: () => keyvToWrap.disconnect(),
    },
    server.backend === 'Redis'
      ? await bareRedis(server.url, server.prefix)
      : await barePostgres(server.url),
  ];
}

async function openOfficial({ backend, url }: Server, space: string) {
  const migrations = { migratorOptions: { migrationDBIdentifier: `${space}_migrations` } };
  const storage =
    backend === 'Redis'
      ? new RedisSessionStorage(url, { sessionKeyPrefix: space, ...migrations })
      : new PostgreSQLSessionStorage(url, {
          sessionTableName: space,
          port: 5432,
          migratorOptions: { ...migrations.migratorOptions, migrationNameColumnName: 'name' },
        });
  await storage.ready;
  return storage;
}
