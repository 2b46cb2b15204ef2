// Reads everything that lies in a store, past every library that might decode it, and looks for
// tokens in it.
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { redisClient } from '../servers/redis.js';

/** A PostgreSQL or MySQL database of one's own. */
export interface OwnDatabase {
  readonly url: string;
  /** Every column of every row of every table, as the server has it. */
  contents(): Promise<Buffer>;
  drop(): Promise<void>;
}

/** Creates a database on a PostgreSQL server. */
export async function ownPostgresDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `shopify_flows_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const on = async (connectionString: string, sql: string) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  await on(serverUrl, `CREATE DATABASE ${name}`);
  return {
    url: url.href,
    contents: async () => {
      const tables = await on(
        url.href,
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
      );
      const rows = await Promise.all(
        tables.map(({ name }) => on(url.href, `SELECT t::text AS row FROM ${name} AS t`)),
      );
      return Buffer.from(rows.flatMap((table) => table.map(({ row }) => row)).join('\n'));
    },
    drop: async () => void (await on(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

/** Creates a database on a MySQL or MariaDB server. */
export async function ownMysqlDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `shopify_flows_${randomBytes(6).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const on = async (uri: string, sql: string) => {
    const connection = await mysql.createConnection({ uri, rowsAsArray: true });
    try {
      return (await connection.query<mysql.RowDataPacket[][]>(sql))[0];
    } finally {
      await connection.end();
    }
  };
  await on(serverUrl, `CREATE DATABASE ${name}`);
  return {
    url: url.href,
    contents: async () => {
      const tables = await on(url.href, 'SHOW TABLES');
      const rows = await Promise.all(
        tables.map(([table]) => on(url.href, `SELECT * FROM \`${table}\``)),
      );
      return Buffer.from(JSON.stringify(rows));
    },
    drop: async () => void (await on(serverUrl, `DROP DATABASE ${name}`)),
  };
}

/**
 * Every key and value whose key holds `part`. Not `DUMP`, which compresses: a token could hide
 * from the search in it.
 */
export async function redisContents(url: string, part: string): Promise<Buffer> {
  const client = redisClient(url);
  await client.connect();
  try {
    const found: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: `*${part}*`, COUNT: 1000 })) {
      for (const key of keys) found.push(key, JSON.stringify(await redisValue(client, key)));
    }
    return Buffer.from(found.join('\n'));
  } finally {
    client.destroy();
  }
}

/** Deletes the keys that `redisContents` reads. */
export async function deleteRedisKeys(url: string, part: string): Promise<void> {
  const client = redisClient(url);
  await client.connect();
  try {
    for await (const keys of client.scanIterator({ MATCH: `*${part}*`, COUNT: 1000 })) {
      if (keys.length > 0) await client.del(keys);
    }
  } finally {
    client.destroy();
  }
}

async function redisValue(client: ReturnType<typeof redisClient>, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case 'string':
      return client.get(key);
    case 'set':
      return client.sMembers(key);
    case 'hash':
      return client.hGetAll(key);
    case 'list':
      return client.lRange(key, 0, -1);
    case 'zset':
      return client.zRange(key, 0, -1);
    default:
      throw new Error(`${key}: a Redis type that this search does not read`);
  }
}

/** The tokens that can be read in `contents`: as they are, without prefix, in hexadecimal or base64. */
export function readableTokens(contents: Buffer, tokens: readonly string[]): string[] {
  return tokens.filter((token) => {
    const bytes = Buffer.from(token);
    // Base64 of bytes in the middle of something depends on where they stand in groups of three.
    const base64 = [0, 1, 2].map((skip) => bytes.subarray(skip, skip + 18).toString('base64'));
    const random = token.slice(token.indexOf('_') + 1);
    return [random, bytes.toString('hex'), ...base64].some((text) => contents.includes(text));
  });
}

/** The sealed tokens in `contents`: JWEs in compact form, whose header names its key. */
export function sealedTokens(contents: Buffer): string[] {
  return contents.toString('latin1').match(/eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/g) ?? [];
}
