// The stores that the Shopify flows run over. The conformance suite says how each is opened and
// looked into; here each comes with the storage that an app would put around it.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { describe } from 'vitest';
import { EncryptedSessionStorage, type EncryptedSessionStorageOptions } from '../../src/index.js';
import type { Backend } from '../conformance/backend.js';
import { keyv6Memory } from '../conformance/backends/keyv-memory.js';
import { keyv5Postgres } from '../conformance/backends/keyv-postgres.js';
import { keyv5Redis, openedRedis } from '../conformance/backends/keyv-redis.js';
import { officialMemory } from '../conformance/backends/official-memory.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { officialRedis } from '../conformance/backends/official-redis.js';
import { openedSqlite } from '../conformance/backends/opened-sqlite.js';
import { sharedServer } from '../servers/shared.js';

const backends: readonly Backend[] = [
  officialMemory,
  officialRedis,
  officialPostgres,
  officialMysql,
  keyv6Memory,
  keyv5Redis,
  keyv5Postgres,
  openedRedis,
  openedSqlite,
];

/** A store with nothing in it. */
export interface Store {
  /** The store without us. */
  readonly bare: SessionStorage;
  /** Ours around the store. */
  encrypted(options: EncryptedSessionStorageOptions): SessionStorage;
  /** Everything at rest in the store. */
  contents(): Promise<Buffer>;
  /** Closes and removes the store. */
  remove(): Promise<void>;
}

/** Describes something that holds over every store. Stores whose server is missing are skipped. */
export function describeOverStores(
  what: string,
  tests: (open: () => Promise<Store>) => void,
): void {
  for (const backend of backends) {
    const server = backend.server === undefined ? '' : sharedServer(backend.server);
    describe.skipIf(server === undefined)(`${what}: ${backend.name}`, () => {
      tests(() => openStore(backend, server ?? ''));
    });
  }
}

async function openStore(backend: Backend, server: string): Promise<Store> {
  const place = await backend.create(server);
  const { storage, raw, bytes, close } = await backend.connect(place);
  return {
    bare: storage,
    encrypted: (options) => new EncryptedSessionStorage(storage, options),
    contents: async () => Buffer.from((await raw()) + ((await bytes?.()) ?? ''), 'latin1'),
    remove: async () => {
      await close();
      await backend.drop(place);
    },
  };
}
