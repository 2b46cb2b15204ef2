import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { type Db, MongoClient } from 'mongodb';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { type RedisClient, redisCatalog } from '../../src/catalogs/redis/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { redisClient } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { catalogNames, catalogOf } from './catalog-names.js';
import { everySession, mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

const session: StoredSession = {
  id: 'offline_a.myshopify.com',
  shop: 'a.myshopify.com',
  isOnline: false,
  accessToken: 'secret-one',
  refreshToken: 'secret-two',
};
const secret = /secret-(one|two|three)/;

/** What an error shows, however it is printed. */
const shown = (error: unknown) =>
  `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;

const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
};

describe.each([
  ['postgres', postgresqlTables],
  ['mysql', mysqlTables],
] as const)('a write that %s refuses', (name, open) => {
  const server = sharedServer(name);
  let tables: SqlTables | undefined;
  beforeAll(async () => {
    if (server !== undefined) tables = await open(server);
  });
  afterAll(() => tables?.drop());

  test.skipIf(server === undefined)('fails without a word of the tokens', async () => {
    if (tables === undefined) return;
    const columns = ['id', 'shop', 'state', 'isOnline', 'accessToken', 'refreshToken'];
    const definitions = columns.map(
      (column) => `${name === 'mysql' ? column : `"${column}"`} text`,
    );
    await tables.query(
      `CREATE TABLE shopify_sessions (${definitions.join(', ')}, needed text NOT NULL,
         CHECK (${definitions[4]?.replace(' text', '')} <> 'secret-three'))`,
    );
    const insert = tables.catalog.replaceSession(undefined, session);
    const first = await failureOf(insert);
    expect(first).toMatchObject({ code: 'ERR_SESSION_INVALID', sessionId: session.id });
    expect(shown(first)).not.toMatch(secret);

    await tables.query(
      `INSERT INTO shopify_sessions VALUES
         ('offline_a.myshopify.com', 'a.myshopify.com', '', '0', 'secret-one', 'secret-two', 'x')`,
    );
    const [current] = await everySession(tables.catalog);
    if (current === undefined) throw new Error('The session is not there.');
    const next = { ...current, accessToken: 'secret-three' };
    const second = await failureOf(tables.catalog.replaceSession(current, next));
    expect(second).toMatchObject({ code: 'ERR_SESSION_INVALID', sessionId: session.id });
    expect(shown(second)).not.toMatch(secret);
    await expect(everySession(tables.catalog)).resolves.toEqual([current]);
  });

  test.skipIf(server === undefined)('a table that is not there is named', async () => {
    const empty = await open(server ?? '');
    try {
      await expect(everySession(empty.catalog)).rejects.toMatchObject({
        code: 'ERR_OPTION_INVALID',
        message: expect.stringContaining('"shopify_sessions"'),
      });
    } finally {
      await empty.drop();
    }
  });
});

describe('a server that accepts connections and never answers', () => {
  const sockets: Socket[] = [];
  let silent: Server;
  let port = 0;
  beforeAll(async () => {
    silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const deadline = 150;

  test.each([
    ['PostgreSQL', () => postgresqlCatalog(new pg.Pool({ host: '127.0.0.1', port }), { deadline })],
    ['MySQL', () => mysqlCatalog(mysql.createPool({ host: '127.0.0.1', port }), { deadline })],
    ['Redis', () => redisCatalog(connecting(`redis://127.0.0.1:${port}`), { deadline })],
    ['MongoDB', () => mongodbCatalog(waiting(`mongodb://127.0.0.1:${port}`), { deadline })],
  ])('%s: every call ends at the deadline', async (_name, open) => {
    const catalog = open();
    const late = {
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining('did not answer within 150 ms'),
    };
    await expect(everySession(catalog)).rejects.toMatchObject(late);
    const error = await failureOf(catalog.replaceSession(session, { ...session }));
    expect(error).toMatchObject(late);
    expect(shown(error)).not.toMatch(secret);
  });
});

describe('a client that never answers', () => {
  const never = new Promise<never>(() => {});
  /** Whatever is asked of it: a function that answers more of the same, and a promise that never settles. */
  const silent: object = new Proxy(() => {}, {
    apply: () => silent,
    get(_target, name) {
      if (name === 'then') return never.then.bind(never);
      if (name === Symbol.asyncIterator) return () => ({ next: () => never });
      return silent;
    },
  });
  const redis = { sendCommand: silent, on: silent, connect: () => never, duplicate: () => redis };
  const clients: Readonly<Record<string, object>> = {
    redis,
    mysql: { getConnection: () => never, execute: silent, end: silent },
    postgresql: { connect: () => never, query: silent, end: silent, on: silent, totalCount: 0 },
  };

  test.each(catalogNames)('%s: every read ends at the deadline', async (name) => {
    const catalog = (await catalogOf(name))(clients[name] ?? silent, { deadline: 150 });
    const late = {
      code: 'ERR_STORE_UNAVAILABLE',
      message: expect.stringContaining('did not answer within 150 ms'),
    };
    await expect(everySession(catalog)).rejects.toMatchObject(late);
    await expect(catalog.loadSession?.('offline_a')).rejects.toMatchObject(late);
  });
});

test('MongoDB: a failure that passes does not end an enumeration as if it were complete', async () => {
  // The cursors of `mongodb` are generators: one that has failed has ended.
  async function* documents() {
    yield { _id: 1, ...session };
    throw Object.assign(new Error('WriteConflict'), { name: 'MongoServerError', code: 112 });
  }
  const collection = { find: () => documents() };
  const catalog = mongodbCatalog({ collection: () => collection as never });
  await expect(everySession(catalog)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
});

describe('a server that is not there', () => {
  test.each([
    ['PostgreSQL', () => postgresqlCatalog(new pg.Pool({ host: '127.0.0.1', port: 1 }))],
    ['MySQL', () => mysqlCatalog(mysql.createPool({ host: '127.0.0.1', port: 1 }))],
    ['Redis', () => redisCatalog(redisClient('redis://127.0.0.1:1'))],
  ])('%s: every call fails, and says so', async (_name, open) => {
    const catalog = open();
    const failed = { code: 'ERR_STORE_UNAVAILABLE' };
    await expect(everySession(catalog)).rejects.toMatchObject(failed);
    await expect(catalog.loadSession?.('offline_a')).rejects.toMatchObject(failed);
    await expect(catalog.replaceSession(undefined, session)).rejects.toMatchObject(failed);
  });
});

/** A database of a client that gives no server up. */
function waiting(url: string): Db {
  return new MongoClient(url, { serverSelectionTimeoutMS: 600_000 }).db('app');
}

/** A client that is still connecting when it is used. */
function connecting(url: string): RedisClient {
  const client = redisClient(url);
  client.connect().catch(() => {});
  return client;
}
