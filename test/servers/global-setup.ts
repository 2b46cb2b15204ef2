// Finds or starts the servers that the tests share: the one that an environment variable names,
// else the one on the default port, else one of our own.
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { keepFirstData } from './first-data.js';
import { canStartMysql, startMysql } from './mysql.js';
import { canStartPostgres, startPostgres } from './postgres.js';
import { canStartRedis, redisClient, startRedis } from './redis.js';
import type { SharedServer } from './shared.js';

interface Source {
  readonly variable: string;
  readonly defaults: readonly string[];
  /** What to install where none is found. */
  readonly packages: string;
  /** Connects and asks something that needs the rights the tests need. */
  ping(url: string): Promise<void>;
  canStart(): boolean;
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

const sources: Record<SharedServer, Source> = {
  redis: {
    variable: 'TEST_REDIS_URL',
    defaults: ['redis://127.0.0.1:6379'],
    packages: 'redis-server',
    async ping(url) {
      const client = redisClient(url);
      try {
        await client.connect();
        const key = `test-probe-${process.pid}`;
        await client.set(key, '1', { expiration: { type: 'PX', value: 1_000 } });
        await client.del(key);
      } finally {
        if (client.isOpen) client.destroy();
      }
    },
    canStart: canStartRedis,
    start: startRedis,
  },
  postgres: {
    variable: 'TEST_POSTGRES_URL',
    defaults: ['postgres://postgres@127.0.0.1:5432/postgres'],
    packages: 'postgresql',
    async ping(url) {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
      client.on('error', () => {});
      try {
        await client.connect();
        const { rows } = await client.query(
          'SELECT rolcreatedb OR rolsuper AS ok FROM pg_roles WHERE rolname = current_user',
        );
        if (rows[0]?.ok !== true) throw new Error('This user may not create databases.');
      } finally {
        await client.end().catch(() => {});
      }
    },
    canStart: canStartPostgres,
    start: startPostgres,
  },
  mysql: {
    variable: 'TEST_MYSQL_URL',
    defaults: ['mysql://root@127.0.0.1:3306'],
    packages: 'mariadb-server',
    async ping(url) {
      const connection = await mysql.createConnection({ uri: url, connectTimeout: 2_000 });
      try {
        const database = `test_probe_${process.pid}`;
        await connection.query(`CREATE DATABASE ${database}`);
        await connection.query(`DROP DATABASE ${database}`);
      } finally {
        await connection.end();
      }
    },
    canStart: canStartMysql,
    start: () => startMysql(),
  },
};

type Found = { readonly url: string; stop?(): Promise<void> } | { readonly missing: string };

async function find(source: Source): Promise<Found> {
  const named = process.env[source.variable];
  if (named !== undefined && named !== '') {
    // A server that somebody named must work: falling back would test something else.
    await source.ping(named).catch((cause: unknown) => {
      throw new Error(`The server named by ${source.variable} cannot be used.`, { cause });
    });
    return { url: named };
  }
  for (const url of source.defaults) {
    try {
      await source.ping(url);
      return { url };
    } catch {
      // Not there, or not for us.
    }
  }
  if (source.canStart()) return source.start();
  return { missing: `install ${source.packages} or set ${source.variable}` };
}

/** Called by Vitest once per run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const removeFirstData = await keepFirstData();
  const names = Object.keys(sources) as SharedServer[];
  const found = await Promise.allSettled(names.map((name) => find(sources[name])));
  const stop = async () => {
    for (const result of found) {
      if (result.status === 'fulfilled' && 'stop' in result.value) await result.value.stop?.();
    }
    await removeFirstData();
  };
  try {
    const servers: Record<SharedServer, string | null> = {
      redis: null,
      postgres: null,
      mysql: null,
    };
    const missing: string[] = [];
    names.forEach((name, index) => {
      const result = found[index];
      if (result === undefined || result.status === 'rejected') throw result?.reason;
      if ('url' in result.value) servers[name] = result.value.url;
      else missing.push(`${name} (${result.value.missing})`);
    });
    if (missing.length > 0) report(missing);
    project.provide('servers', servers);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function report(missing: readonly string[]): void {
  const line = `SKIPPED: every test that needs ${missing.join(', ')}.`;
  const required = [process.env.CI, process.env.TEST_REQUIRE_SERVERS];
  if (required.some((value) => value === 'true' || value === '1')) {
    throw new Error(`${line} A skip is a failure here (CI or TEST_REQUIRE_SERVERS is set).`);
  }
  console.warn(`\n\u001B[1;33m${line}\u001B[0m\n`);
}
