import { describe, expect, test } from 'vitest';
import { dynamodbCatalog } from '../../src/catalogs/dynamodb/index.js';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import { catalogsByStorage } from '../../src/cli/wrong-catalog.js';
import { catalogNames } from './catalog-names.js';

const method = () => {};
const dynamodb = {
  scan: method,
  getItem: method,
  putItem: method,
  updateItem: method,
  deleteItem: method,
  describeTable: method,
};
const model = {
  findMany: method,
  findUnique: method,
  updateMany: method,
  create: method,
  count: method,
};

const mysqlPool = { getConnection: method, execute: method, end: method };
const postgresPool = { connect: method, query: method, end: method, on: method, totalCount: 0 };

// Clients have more than this; the catalogs look at no more when they are made.
const catalogs: [string, (client: never, options: object) => unknown, object, string][] = [
  ['dynamodbCatalog', dynamodbCatalog, dynamodb, 'sessionTableName'],
  ['mongodbCatalog', mongodbCatalog, { collection: method }, 'sessionCollectionName'],
  ['mysqlCatalog', mysqlCatalog, mysqlPool, 'sessionTableName'],
  ['postgresqlCatalog', postgresqlCatalog, postgresPool, 'sessionTableName'],
  ['prismaCatalog', prismaCatalog, { $disconnect: method, session: model }, 'tableName'],
  ['redisCatalog', redisCatalog, { sendCommand: method, duplicate: method }, 'sessionKeyPrefix'],
  ['sqliteCatalog', sqliteCatalog, { prepare: method }, 'sessionTableName'],
];

test('every folder with a catalog is tested here', () => {
  // kvCatalog has no option of its own.
  const tested = [...catalogs.map(([name]) => name), kvCatalog.name];
  expect(tested.sort()).toEqual(catalogNames.map((name) => `${name}Catalog`).sort());
});

test('the command line knows a storage for every folder with a catalog', () => {
  const known = new Set(Object.values(catalogsByStorage).map(([entry]) => entry));
  expect([...known].sort()).toEqual([...catalogNames].sort());
});

describe.each(catalogs)('%s', (name, make, client, option) => {
  const refusal = (message: string) =>
    expect.objectContaining({
      code: 'ERR_OPTION_INVALID',
      message: expect.stringContaining(message),
    });

  test.each([undefined, null, {}, 'postgres://localhost'])(
    'refuses %j in place of a client',
    (other) => {
      expect(() => make(other as never, {})).toThrow(refusal(name));
    },
  );

  test('refuses an option that does not exist, and names those that do', () => {
    expect(() => make(client as never, { table: 'x' })).toThrow(refusal(option));
  });

  test.each([
    [option, ''],
    [option, 7],
    ['deadline', 0],
    ['deadline', Number.NaN],
    ['deadline', Number.POSITIVE_INFINITY],
    ['deadline', '5'],
  ])('refuses %s %j', (given, value) => {
    expect(() => make(client as never, { [given]: value })).toThrow(refusal(given));
  });

  test('takes an option that is undefined for one that is not given', () => {
    const options = {
      deadline: undefined,
      ...(name !== 'prismaCatalog' && { [option]: undefined }),
    };
    expect(() => make(client as never, options)).not.toThrow();
  });
});

test.each([undefined, null, {}, 'kv'])('kvCatalog refuses %j in place of a namespace', (other) => {
  expect(() => kvCatalog(other as never)).toThrow('kvCatalog');
});

test('kvCatalog says that it is not atomic, and refuses options that do not exist', () => {
  const namespace = { get: method, put: method, delete: method, list: method } as never;
  expect(kvCatalog(namespace, { deadline: 5_000 }).atomic).toBe(false);
  expect(() => kvCatalog(namespace, { prefix: 'x' } as never)).toThrow('deadline');
  expect(() => kvCatalog(namespace, { deadline: 0 })).toThrow('deadline');
});

test('dynamodbCatalog refuses a client without methods of its own, and says which has them', () => {
  expect(() => dynamodbCatalog({ send: method } as never)).toThrow('a DynamoDBClient lacks');
});

test('a pool with callbacks is refused with what to pass instead', () => {
  const pool = { ...mysqlPool, promise: method };
  expect(() => mysqlCatalog(pool as never)).toThrow('pool.promise()');
});

test('a single client is refused with what to pass instead', () => {
  const client = { connect: method, query: method, end: method, on: method };
  expect(() => postgresqlCatalog(client as never)).toThrow('new pg.Pool({ max: 1 })');
  const connection = { execute: method, end: method };
  expect(() => mysqlCatalog(connection as never)).toThrow('a pool of mysql2/promise');
});

test('a Prisma client without the model of sessions is refused with the option that names it', () => {
  const prisma = { $disconnect: async () => {}, shopifySession: model };
  expect(() => prismaCatalog(prisma)).toThrow('tableName');
  expect(() => prismaCatalog(prisma, { tableName: 'shopifySession' })).not.toThrow();
});

test('a Prisma client of MongoDB says that it is not atomic', () => {
  const prisma = { $disconnect: async () => {}, session: model, $runCommandRaw: async () => ({}) };
  expect(prismaCatalog(prisma).atomic).toBe(false);
});
