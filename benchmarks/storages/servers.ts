// A place of our own on Redis and on PostgreSQL, which is removed afterwards.
import pg from 'pg';
import { createClient } from 'redis';

/** A server that sessions are stored on. */
export interface Server {
  readonly backend: 'Redis' | 'PostgreSQL';
  readonly version: string;
  /** Of a database that nothing else uses. */
  readonly url: string;
  /** What every key of ours starts with. */
  readonly prefix: string;
  /** Removes everything that was stored. */
  clear(): Promise<void>;
  /** The same, and the database with it. */
  remove(): Promise<void>;
}

const name = `bench_${process.pid}`;

/** The servers that answer: those that TEST_REDIS_URL and TEST_POSTGRES_URL name, or local ones. */
export async function findServers(): Promise<Server[]> {
  const { TEST_REDIS_URL, TEST_POSTGRES_URL } = process.env;
  const found = await Promise.all([
    redisServer(TEST_REDIS_URL ?? 'redis://127.0.0.1:6379').catch(
      skipped('Redis', 'TEST_REDIS_URL'),
    ),
    postgresServer(TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres').catch(
      skipped('PostgreSQL', 'TEST_POSTGRES_URL'),
    ),
  ]);
  return found.filter((server) => server !== undefined);
}

/** Says that a server does not answer, and what is left out. */
export function skipped(backend: string, variable: string): (error: unknown) => undefined {
  return (error) => {
    const why = error instanceof Error ? error.message : String(error);
    console.error(
      `SKIPPED: everything on ${backend}. Start one, or name one in ${variable}. (${why})`,
    );
  };
}

async function redisServer(baseUrl: string): Promise<Server> {
  const find = createClient({ url: baseUrl, socket: { reconnectStrategy: false } });
  find.on('error', () => {});
  await find.connect();
  const version = /redis_version:(\S+)/.exec(await find.info('server'))?.[1] ?? 'unknown';
  const url = new URL(baseUrl);
  url.pathname = `/${await emptyDatabase(find)}`;
  await find.close();

  const clear = async () => {
    const client = createClient({ url: url.href });
    client.on('error', () => {});
    await client.connect();
    // The official storage puts its prefix in front of everything, too.
    for await (const keys of client.scanIterator({ MATCH: `*${name}*`, COUNT: 5000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
    await client.close();
  };
  return { backend: 'Redis', version, url: url.href, prefix: name, clear, remove: clear };
}

/** The number of a database without keys: the last one that has none. */
async function emptyDatabase(client: {
  select(n: number): Promise<unknown>;
  dbSize(): Promise<number>;
}) {
  for (let database = 15; database > 0; database--) {
    await client.select(database);
    if ((await client.dbSize()) === 0) return database;
  }
  throw new Error('None of the databases 1 to 15 is empty.');
}

async function postgresServer(baseUrl: string): Promise<Server> {
  const version = /\d+(\.\d+)*/.exec(
    String((await query(baseUrl, 'SHOW server_version'))[0]?.[0]),
  )?.[0];
  await query(baseUrl, `CREATE DATABASE ${name}`);
  const url = new URL(baseUrl);
  url.pathname = `/${name}`;
  return {
    backend: 'PostgreSQL',
    version: version ?? 'unknown',
    url: url.href,
    prefix: name,
    async clear() {
      await query(
        url.href,
        `DO $$ DECLARE t text; BEGIN
           FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
             EXECUTE format('TRUNCATE %I', t);
           END LOOP;
         END $$`,
      );
    },
    async remove() {
      await query(baseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][];
  } finally {
    await client.end();
  }
}
