// The URL and the options of `openSessionStorage`, and what the app has open already.
import { createRequire } from 'node:module';
import { Session } from '@shopify/shopify-api';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient, createCluster } from 'redis';
import { afterEach, describe, expect, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { OptionInvalidError } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { schemes } from '../../src/store-url.js';
import { sharedServer } from '../servers/shared.js';
import { places, queryPostgres } from './places.js';

const session = () =>
  new Session({ id: 'offline_a', shop: 'a.myshopify.com', state: '', isOnline: false });

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('refused', () => {
  test.each([
    ['an unknown option', { tabel: 'a' }, 'tabel'],
    ['a table with a quote', { table: 'a"b' }, 'table'],
    ['a table in capitals', { table: 'Sessions' }, 'table'],
    ['a deadline of 0', { deadline: 0 }, 'deadline'],
    ['a deadline with a fraction', { deadline: 0.5 }, 'deadline'],
    ['a grace period with a fraction', { gracePeriod: 0.5 }, 'gracePeriod'],
    ['an endless grace period', { gracePeriod: 1e20 }, 'gracePeriod'],
    ['an observer that is not one', { observer: 'console' }, 'observer'],
    [
      'an observer that is never called',
      { observer: { stroe: () => {} } },
      'none of the callbacks',
    ],
    ['an observer whose callback is none', { observer: { store: 'log' } }, 'observer.store'],
  ])('%s', (_, options, name) => {
    const open = () => openSessionStorage('memory:', options as object);
    expect(open).toThrow(OptionInvalidError);
    expect(open).toThrow(name);
  });

  test.each([
    [
      'memory:?deadline=soon',
      '?deadline= in the URL must be a whole number of milliseconds, such as',
    ],
    ['memory:?deadline=', '?deadline= in the URL has no value.'],
    [
      'memory:?deadline=0',
      '?deadline= in the URL must be a whole number from 1 to 2147483647, but is 0',
    ],
    ['memory:?deadline=1&deadline=2', '?deadline= stands more than once in the URL.'],
    ['sqlite:a.db?table=A-B', '?table= in the URL must be up to 63 lower-case'],
    ['sqlite:a.db?table=', '?table= in the URL has no value.'],
    ['memory:?prefix=a b', '?prefix= in the URL must be 1 to 60'],
    ['postgres://localhost/app?schema=A-B', '?schema= in the URL must be up to 63 lower-case'],
    ['postgres://localhost/app?Schema=app', 'no option "Schema": schema is meant, perhaps'],
    ['sqlite:a.db?tabel=app', 'no option "tabel": table is meant, perhaps'],
    ['mysql://localhost/app?schema=app', '?schema= is for PostgreSQL'],
    ['mysql://localhost?database=app', 'names none: write its name after the host'],
    ['sqlite:', 'names no file: write its path after it, as in sqlite:sessions.db'],
    ['sqlite://', 'names no file'],
    ['sqlite:?table=a', 'names no file'],
    [
      'postgres://app@localhost:port/app',
      'cannot be read: see its host and its port. Write special',
    ],
    ['mysql:app', 'goes on with //, as in mysql://localhost'],
    ['redis:localhost:6379', 'goes on with //, as in redis://localhost'],
    ['postgres:app', 'goes on with //, as in postgres://localhost'],
    ['redis://localhost?table=app', '?table= is for SQL databases; Redis has ?prefix='],
    ['file:sessions.db', 'sqlite:'],
    ['sqlite3:sessions.db', 'write sqlite: in place of sqlite3:'],
    ['file:dev.sqlite', 'file:dev.sqlite in prisma/schema.prisma is sqlite:prisma/dev.sqlite'],
    ['mongodb://localhost/app', 'For MongoDB, wrap the storage of @shopify/'],
    ['libsql://app.turso.io', 'wrap the storage of @shopify/shopify-app-session-storage-prisma'],
    ['sqlserver://localhost', 'wrap the storage of @shopify/shopify-app-session-storage-prisma'],
    ['valkey://localhost:6379', 'write redis: in place of valkey:'],
    ['valkeys://localhost:6379', 'write rediss: in place of valkeys:'],
    ['redis+sentinel://localhost:26379/sessions', 'use a client of redis'],
    ['redis-sentinel://localhost:26379', 'use a client of redis'],
    ['unix:///var/run/redis.sock', 'use a client of redis'],
    ['mysql2://localhost/app', 'Write mysql: in place of mysql2:'],
    ['prisma+postgres://localhost/?api_key=hunter2', 'name the database behind it'],
    ['jdbc:postgresql://localhost/app', 'Leave out jdbc:'],
    ['constructor:', 'starts with'],
  ])('%s', (url, words) => {
    expect(() => openSessionStorage(url)).toThrow(words);
  });

  const withoutTable = 'table is for SQL databases; Redis has prefix, which the keys there start';
  const withoutSchema = 'schema is for PostgreSQL. Elsewhere the URL';
  const pool = (of: 'pg' | 'mysql2') => ({
    ...{ connect() {}, query() {}, end() {}, on() {} },
    ...(of === 'pg' ? { totalCount: 0 } : { getConnection() {}, execute() {} }),
  });
  test.each<[string, () => string | object, object, string]>([
    ['table for Redis', () => 'redis://localhost', { table: 'app' }, withoutTable],
    ['table for Redis over TLS', () => 'rediss://localhost', { table: 'app' }, withoutTable],
    ['table for memory', () => 'memory:', { table: 'app' }, withoutTable],
    ['table for a Map', () => new Map(), { table: 'app' }, withoutTable],
    ['table for a client of redis', () => createClient(), { table: 'app' }, withoutTable],
    ['table for a cluster', () => createCluster({ rootNodes: [] }), { table: 'a' }, withoutTable],
    ['schema for Redis', () => 'redis://localhost', { schema: 'app' }, withoutSchema],
    ['schema for a client of redis', () => createClient(), { schema: 'app' }, withoutSchema],
    ['schema for memory', () => 'memory:', { schema: 'app' }, withoutSchema],
    ['schema for SQLite', () => 'sqlite::memory:', { schema: 'app' }, withoutSchema],
    ['schema for a database', () => new Database(':memory:'), { schema: 'app' }, withoutSchema],
    ['schema for MySQL', () => 'mysql://localhost/app', { schema: 'app' }, withoutSchema],
    ['schema for a pool of mysql2', () => pool('mysql2'), { schema: 'app' }, withoutSchema],
  ])('an option that would do nothing: %s', (_, store, options, words) => {
    const open = () => openSessionStorage(store(), options);
    expect(open).toThrow(OptionInvalidError);
    expect(open).toThrow(words);
  });

  test('but not one that is undefined, nor those that do something', () => {
    const none = { table: undefined, schema: undefined };
    for (const store of ['redis://localhost', 'memory:', new Map(), createClient()]) {
      expect(() => openSessionStorage(store, none)).not.toThrow();
    }
    const [table, schema] = ['app', 'app'];
    expect(() => openSessionStorage('sqlite::memory:', { table })).not.toThrow();
    expect(() => openSessionStorage(pool('mysql2'), { table })).not.toThrow();
    expect(() => openSessionStorage(pool('pg'), { table, schema })).not.toThrow();
  });

  // pg reads it as it was written.
  test.each(['redis', 'rediss', 'mysql', 'mariadb'])(
    'a URL of %s whose password has a percent sign that encodes nothing',
    (scheme) => {
      const open = () => openSessionStorage(`${scheme}://app:hunter2%secret@localhost/app`);
      expect(open).toThrow('%25 for %');
      expect(open).not.toThrow(/hunter2|secret/);
    },
  );

  test('a URL without a password whose port is not one: it says so, and nothing of passwords', () => {
    const open = () => openSessionStorage('redis://localhost:99999');
    expect(open).toThrow('The URL of the session store cannot be read: see its host and its port.');
  });

  test.each(['./sessions.db', 'data/sessions.sqlite'])('the path of a file: %s', (path) => {
    expect(() => openSessionStorage(path)).toThrow(
      'For an SQLite file, write sqlite: before its path.',
    );
  });

  test.each(schemes.filter((scheme) => !['memory', 'sqlite'].includes(scheme)))(
    'a URL of %s that the driver would misread, and no word of its password',
    (scheme) => {
      for (const password of [
        'hunter2#secret',
        'hunter2/secret',
        'hunter2?secret',
        'hunter2%secret',
      ]) {
        const open = () => openSessionStorage(`${scheme}://app:${password}@[localhost/app`);
        expect(open).toThrow('cannot be read');
        expect(open).not.toThrow(/hunter2|secret/);
      }
    },
  );

  test.each([[{}], [[]], [42], [null], [undefined], [new (class Other {})()]])('%j', (value) => {
    expect(() => openSessionStorage(value as never)).toThrow(OptionInvalidError);
  });

  test('a pool of the package mariadb, which answers in another form than mysql2', async () => {
    // The one that Prisma's adapter brings.
    const { resolve } = createRequire(import.meta.url);
    const mariadb = createRequire(resolve('@prisma/adapter-mariadb'))('mariadb');
    const pool = mariadb.createPool({ host: '127.0.0.1', port: 1, initializationTimeout: 1 });
    try {
      expect(() => openSessionStorage(pool)).toThrow(OptionInvalidError);
      expect(() => mysqlCatalog(pool)).toThrow('mysqlCatalog needs a pool of mysql2/promise');
    } finally {
      await pool.end();
    }
  });

  // It answers nothing at once, and so would look like a store without sessions.
  test('a database of sqlite3, which answers to callbacks', () => {
    const database = { prepare: () => ({ all() {} }), exec() {}, all() {}, run() {}, each() {} };
    const open = () => openSessionStorage(database);
    expect(open).toThrow(OptionInvalidError);
    expect(open).toThrow('but was given one of sqlite3.');
  });
});

test.skipIf(sharedServer('postgres') === undefined)(
  'table and schema of the URL are used, and made if need be; options go before them',
  async () => {
    const place = await places.PostgreSQL?.();
    if (place === undefined) return;
    cleanUp.push(place.drop);
    const one = openSessionStorage(`${place.url}?schema=auth&table=one`);
    const two = openSessionStorage(`${place.url}?schema=auth&table=one`, { table: 'two' });
    cleanUp.push(
      () => one.disconnect(),
      () => two.disconnect(),
    );
    await Promise.all([one.storeSession(session()), two.storeSession(session())]);
    const tables = await queryPostgres(
      place.url,
      `SELECT tablename FROM pg_tables WHERE schemaname = 'auth' ORDER BY tablename`,
    );
    expect(tables).toEqual([{ tablename: 'one' }, { tablename: 'two' }]);
  },
);

describe('what the app has open is used, and left open', () => {
  test.skipIf(sharedServer('redis') === undefined)('a client of redis', async () => {
    const place = await places.Redis?.();
    const client = createClient({ url: sharedServer('redis') ?? '' });
    client.on('error', () => {});
    await client.connect();
    const prefix = new URL(place?.url ?? '').searchParams.get('prefix') ?? '';
    cleanUp.push(
      () => client.close(),
      () => place?.drop(),
    );
    const storage = openSessionStorage(client, { prefix });
    await storage.storeSession(session());
    expect(await client.exists(`${prefix}:id:offline_a`)).toBe(1);
    await storage.disconnect();
    expect(await client.ping()).toBe('PONG');
  });

  test.skipIf(sharedServer('postgres') === undefined)('a pool of pg', async () => {
    const place = await places.PostgreSQL?.();
    const pool = new pg.Pool({ connectionString: place?.url, max: 2 });
    cleanUp.push(
      () => place?.drop(),
      () => pool.end(),
    );
    const storage = openSessionStorage(pool);
    await Promise.all(Array.from({ length: 20 }, () => storage.storeSession(session())));
    await storage.disconnect();
    expect((await pool.query('SELECT key FROM shopify_session_records')).rowCount).toBe(2);
  });

  test.skipIf(sharedServer('mysql') === undefined)('a pool of mysql2', async () => {
    const place = await places.MySQL?.();
    const pool = mysql.createPool({ uri: place?.url ?? '', connectionLimit: 2 });
    cleanUp.push(
      () => place?.drop(),
      () => pool.end(),
    );
    const storage = openSessionStorage(pool);
    await Promise.all(Array.from({ length: 20 }, () => storage.storeSession(session())));
    await storage.disconnect();
    const [rows] = await pool.query('SELECT * FROM shopify_session_records');
    expect(rows).toHaveLength(2);
  });

  test.skipIf(sharedServer('mysql') === undefined).each([
    { typeCast: false },
    { rowsAsArray: true },
    { nestTables: true },
    {
      namedPlaceholders: true,
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
    },
  ])('a pool of mysql2 that hands out rows in another form: %j', async (form) => {
    const place = await places.MySQL?.();
    const pool = mysql.createPool({ uri: place?.url ?? '', ...form } as mysql.PoolOptions);
    cleanUp.push(
      () => place?.drop(),
      () => pool.end(),
    );
    const storage = openSessionStorage(pool);
    await storage.storeSession(session());
    expect(await storage.loadSession('offline_a')).toEqual(session());
    expect(await storage.findSessionsByShop('a.myshopify.com')).toEqual([session()]);
    const found: unknown[] = [];
    for await (const one of storage.sessions()) found.push(one);
    expect(found).toEqual([session()]);
    await storage.disconnect();
  });

  test('a database of libsql, and a Map', async () => {
    const database = new Database(':memory:');
    const map = new Map<string, string>();
    for (const open of [database, map]) {
      const storage = openSessionStorage(open);
      await storage.storeSession(session());
      expect(await storage.loadSession('offline_a')).toBeDefined();
      await storage.disconnect();
    }
    expect(database.prepare('SELECT key FROM shopify_session_records').all()).toHaveLength(2);
    expect(map.size).toBe(2);
    database.close();
  });
});

test('isReady says why a store is not', async () => {
  const storage = openSessionStorage('postgres://localhost:1/app', { deadline: 2000 });
  cleanUp.push(() => storage.disconnect());
  await expect(storage.isReady()).rejects.toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    cause: { code: 'ECONNREFUSED' },
  });
});
