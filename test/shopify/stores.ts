// The stores that the Shopify flows run over: the official storages and Keyv, each in a database
// or under keys of its own.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KeyvPostgres from '@keyv/postgres';
import KeyvRedis from '@keyv/redis';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { MySQLSessionStorage } from '@shopify/shopify-app-session-storage-mysql';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { Keyv } from 'keyv';
import { describe } from 'vitest';
import {
  EncryptedSessionStorage,
  type EncryptedSessionStorageOptions,
  KeyvSessionStorage,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { type SharedServer, sharedServer } from '../servers/shared.js';
import {
  deleteRedisKeys,
  ownMysqlDatabase,
  ownPostgresDatabase,
  redisContents,
} from './at-rest.js';

/** A store with nothing in it. */
export interface Store {
  /** The store without us. */
  readonly bare: SessionStorage;
  /** Ours around the store, as an app would write it. */
  encrypted(options: EncryptedSessionStorageOptions): SessionStorage;
  /** Everything in the store. */
  contents(): Promise<Buffer>;
  /** Closes and removes the store. */
  remove(): Promise<void>;
}

interface StoreKind {
  readonly name: string;
  readonly server?: SharedServer;
  open(serverUrl: string): Promise<Store>;
}

const kinds: StoreKind[] = [
  {
    name: "Shopify's memory storage",
    open: async () => {
      const inner = new MemorySessionStorage();
      return {
        bare: inner,
        encrypted: (options) => new EncryptedSessionStorage(inner, options),
        contents: async () => Buffer.from(JSON.stringify(inner)),
        remove: async () => {},
      };
    },
  },
  {
    name: "Shopify's Redis storage",
    server: 'redis',
    open: async (url) => {
      const sessionKeyPrefix = uniqueName();
      const inner = new RedisSessionStorage(url, { sessionKeyPrefix });
      await inner.ready;
      return {
        bare: inner,
        encrypted: (options) => new EncryptedSessionStorage(inner, options),
        contents: () => redisContents(url, sessionKeyPrefix),
        remove: async () => {
          await inner.disconnect();
          await deleteRedisKeys(url, sessionKeyPrefix);
        },
      };
    },
  },
  {
    name: "Shopify's PostgreSQL storage",
    server: 'postgres',
    open: async (url) => {
      const database = await ownPostgresDatabase(url);
      const inner = new PostgreSQLSessionStorage(database.url);
      await inner.ready;
      return {
        bare: inner,
        encrypted: (options) => new EncryptedSessionStorage(inner, options),
        contents: database.contents,
        remove: () => inner.disconnect().then(database.drop),
      };
    },
  },
  {
    name: "Shopify's MySQL storage",
    server: 'mysql',
    open: async (url) => {
      const database = await ownMysqlDatabase(url);
      const inner = new MySQLSessionStorage(database.url);
      await inner.ready;
      return {
        bare: inner,
        encrypted: (options) => new EncryptedSessionStorage(inner, options),
        contents: database.contents,
        remove: () => inner.disconnect().then(database.drop),
      };
    },
  },
  {
    name: 'Keyv in memory',
    open: async () => {
      const map = new Map<string, unknown>();
      const keyv = new Keyv({ store: map });
      return {
        bare: new KeyvSessionStorage(keyv),
        encrypted: (options) => new EncryptedSessionStorage(keyv, options),
        contents: async () => Buffer.from(JSON.stringify([...map])),
        remove: async () => {},
      };
    },
  },
  {
    name: 'Keyv on Redis',
    server: 'redis',
    open: async (url) => {
      const namespace = uniqueName();
      const keyv = new Keyv({ store: new KeyvRedis(url), namespace });
      return {
        bare: new KeyvSessionStorage(keyv),
        encrypted: (options) => new EncryptedSessionStorage(keyv, options),
        contents: () => redisContents(url, namespace),
        remove: async () => {
          await keyv.disconnect();
          await deleteRedisKeys(url, namespace);
        },
      };
    },
  },
  {
    name: 'Keyv on PostgreSQL',
    server: 'postgres',
    open: async (url) => {
      const database = await ownPostgresDatabase(url);
      const keyv = new Keyv({ store: new KeyvPostgres(database.url) });
      return {
        bare: new KeyvSessionStorage(keyv),
        encrypted: (options) => new EncryptedSessionStorage(keyv, options),
        contents: database.contents,
        remove: () => keyv.disconnect().then(database.drop),
      };
    },
  },
  {
    name: 'openSessionStorage on SQLite',
    open: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'shopify-flows-'));
      const inner = openSessionStorage(`sqlite:${join(directory, 'sessions.db')}`);
      return {
        bare: inner,
        encrypted: (options) => new EncryptedSessionStorage(inner, options),
        contents: async () => {
          const files = await readdir(directory);
          return Buffer.concat(await Promise.all(files.map((f) => readFile(join(directory, f)))));
        },
        remove: async () => {
          await inner.disconnect();
          await rm(directory, { recursive: true });
        },
      };
    },
  },
];

/** Describes something that holds over every store. Stores whose server is missing are skipped. */
export function describeOverStores(
  what: string,
  tests: (open: () => Promise<Store>) => void,
): void {
  for (const { name, server, open } of kinds) {
    const url = server === undefined ? '' : sharedServer(server);
    describe.skipIf(url === undefined)(`${what}: ${name}`, () => tests(() => open(url ?? '')));
  }
}

function uniqueName(): string {
  return `shopify-flows-${randomBytes(6).toString('hex')}`;
}
