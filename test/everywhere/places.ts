// Databases on the shared servers for an app that is tried, one for each try.
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { sharedServer } from '../servers/shared.js';

/** A store of the app's own. */
export interface Place {
  readonly url: string;
  /** Ends every connection to it, as a restart of the server does. */
  cutConnections?(): Promise<void>;
  remove(): Promise<void>;
}

const name = () => `everywhere_${randomBytes(6).toString('hex')}`;

/** A database of PostgreSQL. */
export async function postgresPlace(): Promise<Place> {
  const server = required('postgres');
  const database = name();
  await onPostgres(server, `CREATE DATABASE ${database}`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`;
  return {
    url: url.href,
    cutConnections: () => onPostgres(server, cut),
    remove: () => onPostgres(server, `DROP DATABASE ${database} WITH (FORCE)`),
  };
}

/** A database of MySQL or MariaDB. */
export async function mysqlPlace(): Promise<Place> {
  const server = required('mysql');
  const database = name();
  await onMysql(server, `CREATE DATABASE ${database}`);
  const url = new URL(server);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    async cutConnections() {
      const connections = `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = '${database}'`;
      for (const { id } of await onMysql(server, connections)) {
        // One that has ended by itself is gone already.
        await onMysql(server, `KILL CONNECTION ${id}`).catch(() => {});
      }
    },
    async remove() {
      await onMysql(server, `DROP DATABASE ${database}`);
    },
  };
}

/** Redis, as a user of its own; the app's own keys are those of its shop. */
export async function redisPlace(): Promise<Place> {
  const server = required('redis');
  const user = name();
  await onRedis(server, ['ACL', 'SETUSER', user, 'on', '>password', '~*', '&*', '+@all']);
  const url = new URL(server);
  [url.username, url.password] = [user, 'password'];
  return {
    url: url.href,
    async cutConnections() {
      await onRedis(server, ['CLIENT', 'KILL', 'USER', user]);
    },
    async remove() {
      await onRedis(server, ['ACL', 'DELUSER', user]);
    },
  };
}

function required(server: 'redis' | 'postgres' | 'mysql'): string {
  const url = sharedServer(server);
  if (url === undefined) throw new Error(`There is no ${server} server.`);
  return url;
}

async function onPostgres(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function onMysql(server: string, sql: string): Promise<{ readonly id?: number }[]> {
  const connection = await mysql.createConnection(server);
  const [rows] = await connection.query(sql).finally(() => connection.end());
  return rows as { readonly id?: number }[];
}

async function onRedis(url: string, command: string[]): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.sendCommand(command).finally(() => client.close());
}
