// Apps whose client has one connection that they can hold, so that what a catalog over the same client sends
// has to wait in the client's own queue.
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { PrismaPg } from '@prisma/adapter-pg';
import { MongoClient } from 'mongodb';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { type PrismaModelMap, prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { type SqliteDatabase, sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import { mongodbStandInOf } from '../conformance/backends/official-mongodb.js';
import {
  type PrismaClient,
  type PrismaProvider,
  prismaClientClass,
} from '../conformance/backends/prisma-client.js';
import type { Database } from '../conformance/backends/sqlite3-over-libsql.js';
import { mongodbBackend } from './backends/official-mongodb.js';
import { mysqlBackend } from './backends/official-mysql.js';
import { postgresqlBackend } from './backends/official-postgresql.js';
import { prismaBackend } from './backends/official-prisma.js';
import {
  prismaMysqlBackend,
  prismaPostgresqlBackend,
} from './backends/official-prisma-on-servers.js';
import { openSqlite3, sqliteBackend } from './backends/official-sqlite.js';
import type { CatalogBackend } from './catalog-backend.js';

/** A catalog over an app's client. */
export interface App {
  readonly catalog: SessionCatalog<StoredSession>;
  /** Takes the connection, and answers what gives it back. */
  hold(): Promise<() => unknown>;
  /** Waits for all that waits in the client before. */
  settle(): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface AppKind {
  readonly name: string;
  readonly backend: CatalogBackend;
  /** Whether nobody can tell what its client has begun. */
  readonly isOpaque?: true;
  open(place: Place, deadline: number): Promise<App>;
}

const database = (place: Place) => place.database ?? '';

function prismaApp(
  provider: PrismaProvider,
  backend: CatalogBackend & { readonly map?: PrismaModelMap | undefined },
  adapterOf: (place: Place) => object,
): AppKind {
  return {
    name: `Prisma on ${provider}`,
    backend,
    async open(place, deadline) {
      const Client = await prismaClientClass(provider);
      const client = new Client({ adapter: adapterOf(place) });
      return {
        catalog: prismaCatalog(client, { deadline, ...(backend.map && { map: backend.map }) }),
        hold: () => holdPrisma(client),
        settle: () => client.$queryRawUnsafe('SELECT 1'),
        close: () => client.$disconnect(),
      };
    },
  };
}

/** Opens a transaction, which has the connection to itself. */
async function holdPrisma(client: PrismaClient): Promise<() => Promise<unknown>> {
  let giveBack = () => {};
  const held = new Promise<void>((resolve) => {
    giveBack = resolve;
  });
  let transaction: Promise<unknown> = held;
  await new Promise<void>((resolve) => {
    const work = async () => {
      resolve();
      await held;
    };
    transaction = client.$transaction(work, { maxWait: 60_000, timeout: 60_000 });
  });
  return () => {
    giveBack();
    return transaction;
  };
}

export const apps: readonly AppKind[] = [
  {
    name: 'a pool of pg',
    backend: postgresqlBackend,
    async open(place, deadline) {
      const pool = new pg.Pool({ connectionString: database(place), max: 1 });
      return {
        catalog: postgresqlCatalog(pool, { deadline }),
        async hold() {
          const client = await pool.connect();
          return () => client.release();
        },
        settle: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      };
    },
  },
  {
    name: 'a pool of mysql2',
    backend: mysqlBackend,
    async open(place, deadline) {
      const pool = mysql.createPool({ uri: database(place), connectionLimit: 1 });
      return {
        catalog: mysqlCatalog(pool, { deadline }),
        async hold() {
          const connection = await pool.getConnection();
          return () => connection.release();
        },
        settle: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      };
    },
  },
  prismaApp(
    'postgresql',
    prismaPostgresqlBackend,
    (place) => new PrismaPg({ connectionString: database(place), max: 1 }),
  ),
  prismaApp('mysql', prismaMysqlBackend, (place) => {
    const { hostname, port, username, password, pathname } = new URL(database(place));
    return new PrismaMariaDb({
      ...{ host: hostname, port: Number(port), user: username, password },
      ...{ database: pathname.slice(1), connectionLimit: 1, acquireTimeout: 60_000 },
    });
  }),
  prismaApp(
    'sqlite',
    prismaBackend,
    ({ folder = '' }) => new PrismaLibSQL({ url: `file:${join(folder, 'sessions.db')}` }),
  ),
  {
    name: 'a database of sqlite3',
    backend: sqliteBackend('sqlite3', openSqlite3),
    isOpaque: true,
    async open({ folder = '' }, deadline) {
      const database = openSqlite3(join(folder, 'sessions.db')) as Database;
      let free = Promise.resolve();
      // As behind a long query of the app.
      const behind = {
        all: (...call: Parameters<Database['all']>) => void free.then(() => database.all(...call)),
      };
      return {
        catalog: sqliteCatalog(behind as SqliteDatabase, { deadline }),
        async hold() {
          let giveBack = () => {};
          free = new Promise((resolve) => {
            giveBack = resolve;
          });
          return () => giveBack();
        },
        settle: () => promisify(database.all.bind(database))('SELECT 1', []),
        close: () => promisify(database.close.bind(database))(),
      };
    },
  },
  {
    name: 'a client of mongodb',
    backend: mongodbBackend,
    async open(place, deadline) {
      const client = new MongoClient(place.url ?? '', { maxPoolSize: 1 });
      const sessions = client.db(place.name ?? '');
      const standIn = mongodbStandInOf(place);
      return {
        catalog: mongodbCatalog(sessions, { deadline }),
        async hold() {
          const goOn = standIn.pause();
          const held = sessions.command({ ping: 1 });
          await standIn.untilPaused();
          return () => {
            goOn();
            return held;
          };
        },
        settle: () => sessions.command({ ping: 1 }),
        close: () => client.close(),
      };
    },
  },
];
