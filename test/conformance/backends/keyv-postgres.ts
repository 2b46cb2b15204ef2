// Keyv 5 and Keyv 6 with @keyv/postgres, and `openSessionStorage`, each in a database of its own.
import KeyvPostgres from '@keyv/postgres';
import { Keyv as Keyv5 } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';
import type { Backend } from '../backend.js';
import { keyvCapabilities } from './keyv-memory.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
  postgresContents,
} from './postgres-database.js';

function postgresBackend(name: string, open: (url: string) => KeyvSessionStorage): Backend {
  return {
    name,
    server: 'postgres',
    capabilities: keyvCapabilities,
    create: async (server) => ({ database: await createPostgresDatabase(server) }),
    async connect({ database = '' }) {
      const storage = open(database);
      return {
        storage,
        raw: () => postgresContents(database),
        // The adapter knows one pool per process, and complains when another one has ended it.
        close: () => storage.disconnect().catch(() => {}),
      };
    },
    drop: ({ database = '' }) => dropPostgresDatabase(database),
  };
}

export const keyv5Postgres: Backend = postgresBackend(
  'Keyv 5 with @keyv/postgres',
  (uri) => new KeyvSessionStorage(new Keyv5(new KeyvPostgres({ uri, idleTimeoutMillis: 100 }))),
);

export const keyv6Postgres: Backend = postgresBackend(
  'Keyv 6 with @keyv/postgres',
  (uri) => new KeyvSessionStorage(new Keyv6(new KeyvPostgres({ uri, idleTimeoutMillis: 100 }))),
);

export const openedPostgres: Backend = postgresBackend('openSessionStorage on PostgreSQL', (url) =>
  openSessionStorage(url),
);
