// Stores whose catalogs replace many sessions at once, each with a way to have it refuse one of them.
import { join } from 'node:path';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import Libsql from 'libsql';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { places, queryMysql, queryPostgres } from '../open/places.js';
import type { SharedServer } from '../servers/shared.js';
import { mysqlBackend } from './backends/official-mysql.js';
import { postgresqlBackend } from './backends/official-postgresql.js';
import { prismaBackend } from './backends/official-prisma.js';
import {
  prismaMysqlBackend,
  prismaPostgresqlBackend,
} from './backends/official-prisma-on-servers.js';
import { openLibsql, openSqlite3, sqliteBackend } from './backends/official-sqlite.js';
import type { CatalogBackend } from './catalog-backend.js';

export interface BatchStore {
  readonly catalog: SessionCatalog<StoredSession>;
  readonly storage?: SessionStorage;
  /** Has the store refuse to change this session. */
  refuse(id: string): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface BatchBackend {
  readonly name: string;
  /** Whether what refuses a session is part of the app's own table, and is looked for there. */
  readonly isAppsTable: boolean;
  readonly server: SharedServer | undefined;
  open(server: string): Promise<BatchStore>;
}

/** Statements that make a trigger, by database. */
const triggers = {
  mysql: (table: string, key: string, value: string) =>
    `CREATE TRIGGER refuse BEFORE UPDATE ON ${table} FOR EACH ROW
     IF NEW.${key} = '${value}' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF`,
  postgres: (table: string, key: string, value: string) =>
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN RAISE EXCEPTION ''refused''; END';
     CREATE TRIGGER refuse BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (NEW.${key} = '${value}')
       EXECUTE FUNCTION refuse()`,
  sqlite: (table: string, key: string, value: string) =>
    `CREATE TRIGGER refuse BEFORE UPDATE ON ${table} WHEN NEW.${key} = '${value}'
     BEGIN SELECT RAISE(ABORT, 'refused'); END`,
};

function runSqlite(file: string, sql: string): void {
  const database = new Libsql(file);
  database.exec(sql);
  database.close();
}

function official(
  backend: CatalogBackend,
  refuse: (place: Readonly<Record<string, string>>, id: string) => unknown,
): BatchBackend {
  return {
    name: backend.name,
    isAppsTable: true,
    server: backend.server,
    async open(server) {
      const place = await backend.create(server);
      const { catalog, close } = await backend.connect(place);
      return {
        catalog,
        refuse: async (id) => refuse(place, id),
        async close() {
          await close();
          await backend.drop(place);
        },
      };
    },
  };
}

function opened(
  name: string,
  server: SharedServer | undefined,
  refuse: (url: string, key: string) => unknown,
): BatchBackend {
  return {
    name: `openSessionStorage on ${name}`,
    isAppsTable: false,
    server,
    async open() {
      const place = await places[name]?.();
      if (place === undefined) throw new Error(`There is no ${name}.`);
      const storage = openSessionStorage(place.url);
      return {
        storage: storage as unknown as SessionStorage,
        catalog: storage as unknown as SessionCatalog<StoredSession>,
        refuse: async (id) => refuse(place.url, `shopify-session:id:${id}`),
        async close() {
          await storage.disconnect();
          await place.drop();
        },
      };
    },
  };
}

const table = 'shopify_sessions';
const records = 'shopify_session_records';

/** A catalog that is not told what its table is called, and so replaces sessions one by one. */
const prismaUnknownTable: CatalogBackend = {
  ...prismaPostgresqlBackend,
  name: `${prismaPostgresqlBackend.name}, of an unknown table`,
  async connect(place) {
    const connection = await prismaPostgresqlBackend.connect(place);
    const client = await prismaPostgresqlBackend.client(place);
    return {
      ...connection,
      catalog: prismaCatalog(client),
      async close() {
        await client.$disconnect();
        await connection.close();
      },
    };
  },
};

const fileOf = ({ folder = '' }: Readonly<Record<string, string>>) => join(folder, 'sessions.db');

export const batchStores: readonly BatchBackend[] = [
  official(mysqlBackend, ({ database = '' }, id) =>
    queryMysql(database, triggers.mysql(table, 'id', id)),
  ),
  official(prismaMysqlBackend, ({ database = '' }, id) =>
    queryMysql(database, triggers.mysql('Session', 'id', id)),
  ),
  ...[prismaPostgresqlBackend, prismaUnknownTable].map((backend) =>
    official(backend, ({ database = '' }, id) =>
      queryPostgres(database, triggers.postgres('"app sessions"', 'id', id)),
    ),
  ),
  official(postgresqlBackend, ({ database = '' }, id) =>
    queryPostgres(database, triggers.postgres(table, 'id', id)),
  ),
  official(sqliteBackend('libsql', openLibsql), (place, id) =>
    runSqlite(fileOf(place), triggers.sqlite(table, 'id', id)),
  ),
  official(sqliteBackend('sqlite3', openSqlite3), (place, id) =>
    runSqlite(fileOf(place), triggers.sqlite(table, 'id', id)),
  ),
  official(prismaBackend, (place, id) =>
    runSqlite(fileOf(place), triggers.sqlite('Session', 'id', id)),
  ),
  opened('MySQL', 'mysql', (url, key) => queryMysql(url, triggers.mysql(records, '`key`', key))),
  opened('PostgreSQL', 'postgres', (url, key) =>
    queryPostgres(url, triggers.postgres(records, 'key', key)),
  ),
  opened('SQLite', undefined, (url, key) =>
    runSqlite(url.replace('sqlite:', ''), triggers.sqlite(records, 'key', key)),
  ),
];
