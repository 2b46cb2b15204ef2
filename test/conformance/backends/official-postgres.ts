// @shopify/shopify-app-session-storage-postgresql
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
  postgresContents,
} from './postgres-database.js';

export const officialPostgres: Backend = {
  name: 'official PostgreSQL',
  server: 'postgres',
  // Its upsert sets only the columns that the session has, so an absent token leaves the old one.
  capabilities: { ...officialCapabilities, forgetsTokens: false, deletesNone: false },
  create: async (server) => ({ database: await createPostgresDatabase(server) }),
  async connect({ database = '' }: Place) {
    const storage = new PostgreSQLSessionStorage(new URL(database));
    await storage.ready;
    return {
      storage,
      raw: () => postgresContents(database),
      close: () => storage.disconnect(),
    };
  },
  drop: ({ database = '' }) => dropPostgresDatabase(database),
};
