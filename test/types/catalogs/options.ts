// Options may be passed on as `undefined`, also under `exactOptionalPropertyTypes`; and what the package only
// declares as types is not to be used as a value.

import type {
  KeyvSessionStorage,
  RecordSessionStorage,
} from 'shopify-app-session-storage-encrypted';
import * as main from 'shopify-app-session-storage-encrypted';
import {
  type DynamodbClient,
  dynamodbCatalog,
} from 'shopify-app-session-storage-encrypted/dynamodb';
import { type KvNamespace, kvCatalog } from 'shopify-app-session-storage-encrypted/kv';
import {
  type MongodbDatabase,
  mongodbCatalog,
} from 'shopify-app-session-storage-encrypted/mongodb';
import { type MysqlPool, mysqlCatalog } from 'shopify-app-session-storage-encrypted/mysql';
import * as open from 'shopify-app-session-storage-encrypted/open';
import {
  type PostgresPool,
  postgresqlCatalog,
} from 'shopify-app-session-storage-encrypted/postgresql';
import { type PrismaClient, prismaCatalog } from 'shopify-app-session-storage-encrypted/prisma';
import { type RedisClient, redisCatalog } from 'shopify-app-session-storage-encrypted/redis';
import { type SqliteDatabase, sqliteCatalog } from 'shopify-app-session-storage-encrypted/sqlite';

declare const text: string | undefined;
declare const deadline: number | undefined;
declare const clients: PostgresPool & MysqlPool & PrismaClient & RedisClient;
declare const others: SqliteDatabase & KvNamespace & DynamodbClient & MongodbDatabase;

export const catalogs = [
  dynamodbCatalog(others, { sessionTableName: text, deadline }),
  kvCatalog(others, { deadline }),
  mongodbCatalog(others, { sessionCollectionName: text, deadline }),
  mysqlCatalog(clients, { sessionTableName: text, deadline }),
  postgresqlCatalog(clients, { sessionTableName: text, schema: text, deadline }),
  prismaCatalog(clients, { tableName: text, map: undefined, deadline }),
  redisCatalog(clients, { sessionKeyPrefix: text, deadline }),
  sqliteCatalog(others, { sessionTableName: text, deadline }),
];

export const storage: RecordSessionStorage = open.openSessionStorage('memory:');
export const inner: KeyvSessionStorage = storage as open.OpenedSessionStorage;
// @ts-expect-error: there is no such value
export const isRecordStorage = storage instanceof main.RecordSessionStorage;
// @ts-expect-error: there is no such value
export const isOpened = storage instanceof open.OpenedSessionStorage;
