// A server of a test's own, behind a network that can break, with one empty store after the other.
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { uniqueName } from '../conformance/backend.js';
import { startMysql } from '../servers/mysql.js';
import { startPostgres } from '../servers/postgres.js';
import { startFaultyCluster, startFaultyRedis, startFaultySentinel } from './faulty-redis.js';
import type { Network } from './network.js';
import type { ServerKind } from './subjects.js';
import { TcpProxy } from './tcp-proxy.js';

/** What a test can do to a server, or to one of several. */
export interface FaultyNode {
  readonly network: Network;
  /** Past the network. */
  readonly port: number;
  kill(): Promise<void>;
  /** @param args Further command line arguments. */
  restart(args?: readonly string[]): Promise<void>;
  freeze(): void | Promise<void>;
  thaw(): void;
}

/** What a test can do to a server, or to all nodes of one. */
export interface FaultyServer extends FaultyNode {
  readonly kind: ServerKind;
  /** Where there are several, each of them. */
  readonly nodes?: readonly FaultyNode[];
  setReadOnly(readOnly: boolean): Promise<void>;
  /** Sends the server a command of its own language, as the administrator. */
  command(...words: string[]): Promise<unknown>;
  /** Makes a new and empty store. */
  newStore(): Promise<FaultyStore>;
  stop(): Promise<void>;
}

/** An empty store on the server. */
export interface FaultyStore {
  /** Through the network that breaks. */
  readonly url: string;
  /** Past it. */
  readonly directUrl: string;
  /** Runs SQL in this store's database, as the administrator. */
  command(sql: string): Promise<unknown>;
  /** Every record that is at `directUrl` now, as text. */
  records(directUrl: string): Promise<string[]>;
}

/** Starts a server. Each fault test file has its own: others must not meet its faults. */
export const startFaultyServer: Record<
  Exclude<ServerKind, 'sqlite'>,
  () => Promise<FaultyServer>
> = {
  redis: startFaultyRedis,
  'redis-cluster': startFaultyCluster,
  'redis-sentinel': startFaultySentinel,

  async postgres() {
    const server = await startPostgres();
    const network = await TcpProxy.start(server.port);
    return {
      ...server,
      kind: 'postgres',
      network,
      command: (sql = '') => server.query(sql),
      async newStore() {
        const database = uniqueName();
        await server.query(`CREATE DATABASE ${database}`);
        const directUrl = withDatabase(server.url, database);
        return {
          url: network.through(directUrl),
          directUrl,
          command: (sql) => queryPostgres(directUrl, sql),
          records: postgresRecords,
        };
      },
      stop: () => stopBoth(network, server),
    };
  },

  async mysql() {
    // With what a replica needs.
    const server = await startMysql(['--log-bin', '--server-id=1']);
    const network = await TcpProxy.start(server.port);
    return {
      ...server,
      kind: 'mysql',
      network,
      command: (sql = '') => server.query(sql),
      async newStore() {
        const database = uniqueName();
        await makeMysqlDatabase(server.query, database);
        const directUrl = withDatabase(server.url.replace('root@', 'app@'), database);
        return {
          url: network.through(directUrl),
          directUrl,
          command: (sql) => queryMysql(withDatabase(server.url, database), sql),
          records: mysqlRecords,
        };
      },
      stop: () => stopBoth(network, server),
    };
  },
};

async function stopBoth(network: TcpProxy, server: { thaw(): void; stop(): Promise<void> }) {
  server.thaw();
  await network.stop();
  await server.stop();
}

const withDatabase = (url: string, database: string) =>
  Object.assign(new URL(url), { pathname: `/${database}` }).href;

/** Tables in which a storage keeps account of its own migrations hold no session. */
const isOfSessions = (table: string) => !/migration/.test(table);

async function queryPostgres(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postgresRecords(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const records: string[] = [];
    for (const { name } of tables.filter((table) => isOfSessions(table.name))) {
      const { rows } = await client.query(`SELECT * FROM ${name}`);
      records.push(...rows.map((row) => JSON.stringify(row)));
    }
    return records;
  } finally {
    await client.end();
  }
}

/** Makes a database of MySQL, and its user: the administrator may write on a read-only server. */
export async function makeMysqlDatabase(
  query: (sql: string) => Promise<unknown>,
  database: string,
): Promise<void> {
  await query(`CREATE DATABASE ${database}`);
  for (const host of ['localhost', '127.0.0.1', '%']) {
    await query(`CREATE USER IF NOT EXISTS app@'${host}'`);
    await query(`GRANT ALL ON ${database}.* TO app@'${host}'`);
  }
}

async function queryMysql(url: string, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(url);
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
}

async function mysqlRecords(url: string): Promise<string[]> {
  const connection = await mysql.createConnection(url);
  try {
    const [tables] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
      [new URL(url).pathname.slice(1)],
    );
    const records: string[] = [];
    for (const { name } of tables.filter((table) => isOfSessions(table.name))) {
      const [rows] = await connection.query<mysql.RowDataPacket[]>(`SELECT * FROM \`${name}\``);
      records.push(...rows.map((row) => JSON.stringify(row)));
    }
    return records;
  } finally {
    await connection.end();
  }
}

/** A file, as a store; it has no server and no network. */
export function newSqliteFile(): FaultyStore & { readonly path: string; remove(): Promise<void> } {
  const path = join(tmpdir(), `${uniqueName()}.db`);
  const url = `sqlite:${path}`;
  return {
    path,
    url,
    directUrl: url,
    command: (sql) => querySqlite(path, sql),
    records: () => sqliteRecords(path),
    async remove() {
      for (const suffix of ['', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true });
    },
  };
}

async function querySqlite(path: string, sql: string): Promise<unknown> {
  const { default: Database } = await import('libsql');
  const database = new Database(path);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function sqliteRecords(path: string): Promise<string[]> {
  const { default: Database } = await import('libsql');
  const database = new Database(path);
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all() as { name: string }[];
    return tables.flatMap(({ name }) =>
      database
        .prepare(`SELECT * FROM "${name}"`)
        .all()
        .map((row) => JSON.stringify(row)),
    );
  } finally {
    database.close();
  }
}
