// What meets the states of a server: storages and catalogs, each of which keeps one session.

import KeyvPostgres from '@keyv/postgres';
import KeyvRedis from '@keyv/redis';
import type { Session } from '@shopify/shopify-api';
import { MySQLSessionStorage } from '@shopify/shopify-app-session-storage-mysql';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { Keyv } from 'keyv';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { mysqlCatalog } from '../../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../../src/catalogs/postgresql/index.js';
import { redisCatalog } from '../../../src/catalogs/redis/index.js';
import type { StoredSession } from '../../../src/catalogs/stored-session.js';
import { KeyvSessionStorage, type SessionCatalog, type StoreEvent } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';
import type { FaultyKind } from '../each-server.js';
import { sessionOf, writeIn } from '../sessions.js';

const place = { id: 'offline_state.myshopify.com', shop: 'state.myshopify.com' };

/** A storage or catalog over one session. */
export interface OpenedSubject {
  write(number: number): Promise<unknown>;
  /** The number of the write that is stored. */
  read(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly deadline: number;
  /** Called when a statement is sent again. Catalogs do not say so. */
  onRetry?(): void;
}

export interface StateSubject {
  readonly name: string;
  readonly server: FaultyKind;
  /** Its observer hears of retries. */
  readonly isObserved: boolean;
  /** It is for the long version: another one takes the same way to its store. */
  readonly isLikeAnother?: true;
  /** Gets an empty store ready, past the network. */
  prepare?(directUrl: string): Promise<void>;
  open(url: string, options: OpenOptions): OpenedSubject;
}

const settingsOf = ({ deadline, onRetry }: OpenOptions) => ({
  deadline,
  observer: {
    store({ type }: StoreEvent) {
      if (type === 'retry') onRetry?.();
    },
  },
});

function overStorage(storage: KeyvSessionStorage<Session>): OpenedSubject {
  return {
    write: (number) => storage.storeSession(sessionOf(place, number)),
    async read() {
      const session = await storage.loadSession(place.id);
      return session && writeIn(session, place);
    },
    close: () => storage.disconnect(),
  };
}

function overCatalog(catalog: SessionCatalog<StoredSession>): OpenedSubject {
  const load = async () => catalog.loadSession?.(place.id);
  return {
    async write(number) {
      const current = await load();
      const { id, shop, state, isOnline, accessToken = '' } = sessionOf(place, number);
      return catalog.replaceSession(current, { id, shop, state, isOnline, accessToken });
    },
    async read() {
      const session = await load();
      return session && writeIn(session, place);
    },
    close: async () => catalog.disconnect?.(),
  };
}

const opened = (server: FaultyKind, name: string): StateSubject => ({
  name: `openSessionStorage, ${name}`,
  server,
  isObserved: true,
  open: (url, options) => overStorage(openSessionStorage<Session>(url, settingsOf(options))),
});

const catalog = (
  server: FaultyKind,
  over: (url: string, deadline: number) => SessionCatalog<StoredSession>,
  prepare?: (directUrl: string) => Promise<void>,
): StateSubject => ({
  name: `${server} catalog`,
  server,
  isObserved: false,
  ...(prepare === undefined ? {} : { prepare }),
  open: (url, { deadline }) => overCatalog(over(url, deadline)),
});

export const stateSubjects: readonly StateSubject[] = [
  opened('redis', 'Redis'),
  opened('postgres', 'PostgreSQL'),
  opened('mysql', 'MySQL'),
  {
    name: 'Keyv 5, @keyv/redis',
    server: 'redis',
    isObserved: true,
    isLikeAnother: true,
    open: (url, options) =>
      overStorage(new KeyvSessionStorage(new Keyv(new KeyvRedis(url)), settingsOf(options))),
  },
  {
    name: 'Keyv 5, @keyv/postgres',
    server: 'postgres',
    isObserved: true,
    isLikeAnother: true,
    open(uri, options) {
      const { deadline } = options;
      const times = { connectionTimeoutMillis: deadline, query_timeout: deadline };
      const store = new KeyvPostgres({ uri, idleTimeoutMillis: 1, ...times });
      return overStorage(new KeyvSessionStorage(new Keyv({ store }), settingsOf(options)));
    },
  },
  catalog('redis', (url, deadline) => redisCatalog(createClient({ url }), { deadline })),
  catalog(
    'postgres',
    (connectionString, deadline) =>
      postgresqlCatalog(new pg.Pool({ connectionString }), { deadline }),
    async (directUrl) => {
      const storage = new PostgreSQLSessionStorage(new URL(directUrl));
      await storage.ready;
      await storage.disconnect();
    },
  ),
  catalog(
    'mysql',
    (url, deadline) => mysqlCatalog(mysql.createPool(url), { deadline }),
    async (directUrl) => {
      const storage = new MySQLSessionStorage(new URL(directUrl));
      await storage.ready;
      await storage.disconnect();
    },
  ),
];
