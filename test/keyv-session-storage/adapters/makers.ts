// The storage adapters of Keyv that people use, with their real servers, each over an empty store.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { uniqueName } from '../../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../../conformance/backends/postgres-database.js';
import { canStartEtcd, startEtcd } from '../../servers/etcd.js';
import { canStartMemcached, startMemcached } from '../../servers/memcached.js';
import { canStartRedis, startRedis } from '../../servers/redis.js';
import { sharedServer } from '../../servers/shared.js';

/** Adapters over one empty store. */
export interface AdapterScene {
  /** What is given to `new Keyv({ store })`. */
  make(): Promise<object>;
  stop(): Promise<void>;
}

/** How an adapter is set up. */
export interface AdapterMaker {
  /** What must be installed or running; `undefined` where it can be tested. */
  readonly missing?: string | undefined;
  start(): Promise<AdapterScene>;
}

const require = createRequire(import.meta.url);

const postgres = sharedServer('postgres');
const mysqlServer = sharedServer('mysql');
const redisMissing = canStartRedis() ? undefined : 'redis-server';

/** An adapter that keeps everything in this process. */
const inProcess = (make: () => object | Promise<object>): AdapterMaker => ({
  start: async () => ({ make: async () => make(), stop: async () => {} }),
});

const onRedis = (make: (url: string) => Promise<object>): AdapterMaker => ({
  missing: redisMissing,
  async start() {
    const server = await startRedis();
    return { make: () => make(server.url), stop: () => server.stop() };
  },
});

export const makers = {
  Map: inProcess(() => new Map()),
  '@keyv/redis': onRedis(async (url) => new (await import('@keyv/redis')).default(url)),
  '@keyv/valkey': onRedis(async (url) => new (await import('@keyv/valkey')).default(url)),
  '@keyv/postgres': {
    missing: postgres === undefined ? 'postgresql' : undefined,
    async start() {
      const uri = await createPostgresDatabase(postgres ?? '');
      const { default: KeyvPostgres } = await import('@keyv/postgres');
      return {
        make: async () => new KeyvPostgres({ uri, max: 2, idleTimeoutMillis: 1 }),
        stop: () => dropPostgresDatabase(uri),
      };
    },
  },
  '@keyv/sqlite': inProcess(async () => {
    const { KeyvSqlite } = await import('./sqlite-over-libsql.js');
    return new KeyvSqlite('sqlite://:memory:');
  }),
  '@keyv/mysql': {
    missing: mysqlServer === undefined ? 'mariadb-server' : undefined,
    async start() {
      const database = uniqueName();
      const query = async (sql: string) => {
        const connection = await mysql.createConnection(mysqlServer ?? '');
        await connection.query(sql);
        await connection.end();
      };
      await query(`CREATE DATABASE ${database}`);
      const url = Object.assign(new URL(mysqlServer ?? ''), { pathname: `/${database}` }).href;
      const { default: KeyvMysql } = await import('@keyv/mysql');
      return {
        async make() {
          const adapter = new KeyvMysql(url);
          // It makes its table by itself, and ends the process when that fails.
          await adapter.query('SELECT 1');
          return adapter;
        },
        stop: () => query(`DROP DATABASE ${database}`),
      };
    },
  },
  '@keyv/etcd': {
    missing: canStartEtcd() ? undefined : 'etcd-server',
    async start() {
      const { port, stop } = await startEtcd();
      const { default: KeyvEtcd } = await import('@keyv/etcd');
      return { make: async () => new KeyvEtcd(`127.0.0.1:${port}`), stop };
    },
  },
  '@keyv/memcache': {
    missing: canStartMemcached() ? undefined : 'memcached',
    async start() {
      const { port, stop } = await startMemcached();
      const { default: KeyvMemcache } = await import('@keyv/memcache');
      return { make: async () => new KeyvMemcache(`127.0.0.1:${port}`), stop };
    },
  },
  '@keyv/dynamo': {
    async start() {
      const dynalite = require('dynalite') as (options: object) => Server;
      const server = dynalite({ createTableMs: 0 });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const { default: KeyvDynamo } = await import('@keyv/dynamo');
      const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
      const endpoint = `http://127.0.0.1:${port}`;
      return {
        make: async () => new KeyvDynamo({ endpoint, region: 'none', credentials }),
        stop: async () => void server.close(),
      };
    },
  },
  '@keyv/bigmap': inProcess(async () => new (await import('@keyv/bigmap')).BigMap()),
  'quick-lru': inProcess(async () => new (await import('quick-lru')).default({ maxSize: 1_000 })),
  'lru-cache': inProcess(async () => new (await import('lru-cache')).LRUCache({ max: 1_000 })),
  'keyv-lru': inProcess(() => {
    const { KeyvLru } = require('keyv-lru') as { KeyvLru: new (options: object) => object };
    return new KeyvLru({ max: 1_000 });
  }),
  'keyv-file': {
    async start() {
      const folder = await mkdtemp(join(tmpdir(), 'test-keyv-file-'));
      const { KeyvFile } = await import('keyv-file');
      return {
        make: async () => new KeyvFile({ filename: join(folder, 'sessions.json'), writeDelay: 1 }),
        stop: () => rm(folder, { recursive: true, force: true }),
      };
    },
  },
} satisfies Record<string, AdapterMaker>;

export type AdapterName = keyof typeof makers;
