// Places to keep sessions in for `openSessionStorage`, one on every kind of store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { uniqueName } from '../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { sharedServer } from '../servers/shared.js';

/** An empty place, as a URL. */
export interface OpenPlace {
  readonly url: string;
  /** Removes the place and all that is in it. */
  drop(): Promise<unknown>;
}

/** Runs one statement on MySQL. */
export async function queryMysql(url: string, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

/** Runs one statement on PostgreSQL. */
export async function queryPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function mysqlPlace(server: string): Promise<OpenPlace> {
  const name = uniqueName();
  await queryMysql(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return { url, drop: () => queryMysql(server, `DROP DATABASE ${name}`) };
}

async function postgresPlace(server: string): Promise<OpenPlace> {
  const url = await createPostgresDatabase(server);
  return { url, drop: () => dropPostgresDatabase(url) };
}

async function redisPlace(server: string): Promise<OpenPlace> {
  const prefix = uniqueName();
  return { url: `${server}?prefix=${prefix}`, drop: () => removeRedisKeys(server, `${prefix}*`) };
}

async function sqlitePlace(): Promise<OpenPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'test-open-'));
  return {
    url: `sqlite:${join(folder, 'sessions.db')}`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** By the name of the store; those whose server is not there are left out. */
export const places: Readonly<Record<string, () => Promise<OpenPlace>>> = {
  memory: async () => ({ url: 'memory:', drop: async () => {} }),
  SQLite: sqlitePlace,
  ...onServer('Redis', 'redis', redisPlace),
  ...onServer('PostgreSQL', 'postgres', postgresPlace),
  ...onServer('MySQL', 'mysql', mysqlPlace),
};

function onServer(
  name: string,
  kind: Parameters<typeof sharedServer>[0],
  make: (server: string) => Promise<OpenPlace>,
): Record<string, () => Promise<OpenPlace>> {
  const server = sharedServer(kind);
  return server === undefined ? {} : { [name]: () => make(server) };
}
