// The stores whose rate of re-encryption is measured, each filled with sealed sessions in little time.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import type { Keyring, SessionCatalog, SessionLike } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { sealSession } from '../../src/session-fields/index.js';
import { offlineSession } from '../sealing/samples.js';
import { type Server, skipped } from '../storages/servers.js';
import { seedSessions } from './seed-sessions.js';

/** A store with sessions that are all sealed with one key. */
export interface RateStore {
  readonly name: string;
  readonly catalog: SessionCatalog<SessionLike>;
  close(): Promise<void>;
}

/** Opens and fills each kind of store on a server. */
export function rateStoresOf(
  server: Server,
): ((count: number, keyring: Keyring) => Promise<RateStore>)[] {
  const throughKeyv = async (count: number, keyring: Keyring): Promise<RateStore> => {
    const prefix = `${server.prefix}-rate`;
    await seedSessions(server, prefix, count, keyring);
    const catalog = openSessionStorage(server.url, { prefix });
    return {
      name: `Keyv on ${server.backend}`,
      catalog: catalog as unknown as SessionCatalog<SessionLike>,
      async close() {
        await catalog.disconnect();
        await server.clear();
      },
    };
  };
  if (server.backend !== 'PostgreSQL') return [throughKeyv];
  return [throughKeyv, (count, keyring) => officialPostgresql(server.url, count, keyring)];
}

/** Removes the database that is in use on MySQL. */
export let removeMysqlDatabase = async (): Promise<unknown> => undefined;

const mysqlUrl = () => new URL(process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306');

/** What the server of `officialMysql` says it is; none if it does not answer. */
export async function findMysql(): Promise<{ backend: string; version: string }[]> {
  const admin = await mysql.createConnection(mysqlUrl().href).catch(() => undefined);
  if (admin === undefined) return [];
  const [rows] = await admin.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
  await admin.end();
  const version = String(rows[0]?.version);
  return [{ backend: version.includes('MariaDB') ? 'MariaDB' : 'MySQL', version }];
}

/** On the MySQL server that `TEST_MYSQL_URL` names, or a local one; undefined if none answers. */
export async function officialMysql(
  count: number,
  keyring: Keyring,
): Promise<RateStore | undefined> {
  const url = mysqlUrl();
  const admin = await mysql.createConnection(url.href).catch(skipped('MySQL', 'TEST_MYSQL_URL'));
  if (admin === undefined) return undefined;
  const database = `bench_${process.pid}`;
  await admin.query(`CREATE DATABASE ${database}`);
  removeMysqlDatabase = () => admin.query(`DROP DATABASE IF EXISTS ${database}`);
  url.pathname = `/${database}`;
  const pool = mysql.createPool({ uri: url.href, connectionLimit: 20 });
  // As the official storage makes it, without the columns that stay NULL here.
  await pool.query(`CREATE TABLE shopify_sessions (id varchar(255) NOT NULL PRIMARY KEY,
    shop varchar(255) NOT NULL, state varchar(255) NOT NULL, isOnline tinyint NOT NULL,
    scope varchar(255), expires integer, accessToken varchar(255), refreshToken varchar(255))`);
  for await (const rows of sealedRows(count, keyring)) {
    await pool.query(
      'INSERT INTO shopify_sessions (id, shop, state, isOnline, scope, accessToken) VALUES ?',
      [rows],
    );
  }
  return {
    name: 'official MySQL',
    catalog: mysqlCatalog(pool),
    async close() {
      await pool.end();
      await removeMysqlDatabase();
      removeMysqlDatabase = async () => undefined;
      await admin.end();
    },
  };
}

/** A table of the official PostgreSQL storage, which `close` drops. */
export async function officialPostgresql(
  connectionString: string,
  count: number,
  keyring: Keyring,
): Promise<RateStore> {
  const pool = new pg.Pool({ connectionString, max: 20 });
  await pool.query(`CREATE TABLE shopify_sessions ("id" varchar(255) NOT NULL PRIMARY KEY,
    "shop" varchar(255) NOT NULL, "state" varchar(255) NOT NULL, "isOnline" boolean NOT NULL,
    "scope" varchar(255), "expires" integer, "accessToken" varchar(255), "refreshToken" varchar(255))`);
  for await (const rows of sealedRows(count, keyring)) {
    const columns = [0, 1, 2, 4, 5].map((at) => rows.map((row) => row[at]));
    await pool.query(
      `INSERT INTO shopify_sessions ("id", "shop", "state", "isOnline", "scope", "accessToken")
       SELECT i, s, st, false, sc, t FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS v(i, s, st, sc, t)`,
      columns,
    );
  }
  // As autovacuum would in its own time; in the middle of a round it would disturb.
  await pool.query('VACUUM ANALYZE shopify_sessions');
  return {
    name: 'official PostgreSQL',
    catalog: postgresqlCatalog(pool),
    async close() {
      await pool.query('DROP TABLE shopify_sessions');
      await pool.end();
    },
  };
}

type Row = [
  id: string,
  shop: string,
  state: string,
  isOnline: number,
  scope: string,
  token: string,
];

async function* sealedRows(count: number, keyring: Keyring): AsyncGenerator<Row[]> {
  for (let start = 0; start < count; start += 1000) {
    const rows: Row[] = [];
    for (let index = start; index < Math.min(start + 1000, count); index++) {
      const session = offlineSession(`shop-${index}.myshopify.com`);
      const sealed = await sealSession(session, { keyring, mode: 'strict', userInfo: false });
      const { id, shop, state, scope = '', accessToken = '' } = sealed.session;
      rows.push([id, shop, state, 0, scope, accessToken]);
    }
    yield rows;
  }
}
