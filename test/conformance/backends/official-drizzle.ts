// @shopify/shopify-app-session-storage-drizzle on its three kinds of database, with a table that has
// every column that the storage writes.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import {
  DrizzleSessionStorageMySQL,
  DrizzleSessionStoragePostgres,
  DrizzleSessionStorageSQLite,
} from '@shopify/shopify-app-session-storage-drizzle';
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql';
import * as mysqlColumns from 'drizzle-orm/mysql-core';
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2';
import { drizzle as drizzlePostgres } from 'drizzle-orm/node-postgres';
import * as pgColumns from 'drizzle-orm/pg-core';
import * as sqliteColumns from 'drizzle-orm/sqlite-core';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import { officialMysql } from './official-mysql.js';
import { officialPostgres } from './official-postgres.js';

// The parameters of the storages have the CommonJS types of drizzle-orm, which are not those that we
// import: hence `as never`.

const select = 'SELECT * FROM session';

export const officialDrizzlePostgres: Backend = {
  name: 'official Drizzle on PostgreSQL',
  server: 'postgres',
  capabilities: { ...officialCapabilities, processes: false },
  async create(server) {
    const place = await officialPostgres.create(server);
    const pool = new pg.Pool({ connectionString: place.database });
    await pool.query(createPostgresTable);
    await pool.end();
    return place;
  },
  async connect({ database }) {
    const pool = new pg.Pool({ connectionString: database, max: 4 });
    return {
      storage: new DrizzleSessionStoragePostgres(
        drizzlePostgres(pool) as never,
        postgresTable() as never,
      ),
      raw: async () => JSON.stringify((await pool.query(select)).rows),
      close: () => pool.end(),
    };
  },
  drop: (place) => officialPostgres.drop(place),
};

export const officialDrizzleMysql: Backend = {
  name: 'official Drizzle on MySQL',
  server: 'mysql',
  capabilities: { ...officialCapabilities, processes: false, deletesNone: false },
  async create(server) {
    const place = await officialMysql.create(server);
    const connection = await mysql.createConnection(place.database ?? '');
    await connection.query(createMysqlTable);
    await connection.end();
    return place;
  },
  async connect({ database = '' }) {
    const pool = mysql.createPool({ uri: database, connectionLimit: 4 });
    return {
      storage: new DrizzleSessionStorageMySQL(drizzleMysql(pool) as never, mysqlTable() as never),
      raw: async () => JSON.stringify((await pool.query(select))[0]),
      close: () => pool.end(),
    };
  },
  drop: (place) => officialMysql.drop(place),
};

export const officialDrizzleSqlite: Backend = {
  name: 'official Drizzle on SQLite',
  server: undefined,
  capabilities: { ...officialCapabilities, processes: false },
  async create() {
    const place = { folder: await mkdtemp(join(tmpdir(), 'test-drizzle-')) };
    const client = openSqlite(place);
    await client.execute(createSqliteTable);
    client.close();
    return place;
  },
  async connect(place) {
    const client = openSqlite(place);
    return {
      storage: new DrizzleSessionStorageSQLite(
        drizzleLibsql(client) as never,
        sqliteTable() as never,
      ),
      raw: async () => JSON.stringify((await client.execute(select)).rows),
      close: async () => client.close(),
    };
  },
  drop: ({ folder = '' }: Place) => rm(folder, { recursive: true, force: true }),
};

/** The database's file. */
export const drizzleSqliteFile = ({ folder = '' }: Place) => join(folder, 'sessions.db');

const openSqlite = (place: Place) => createClient({ url: `file:${drizzleSqliteFile(place)}` });

// The tables of the storage's README, with the columns for users and refresh tokens that it writes.

function postgresTable() {
  const { bigint, boolean, pgTable, text, timestamp } = pgColumns;
  return pgTable('session', {
    id: text('id').primaryKey(),
    shop: text('shop').notNull(),
    state: text('state').notNull(),
    isOnline: boolean('isOnline').default(false).notNull(),
    scope: text('scope'),
    expires: timestamp('expires', { mode: 'date' }),
    accessToken: text('accessToken'),
    userId: bigint('userId', { mode: 'number' }),
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('email'),
    accountOwner: boolean('accountOwner'),
    locale: text('locale'),
    collaborator: boolean('collaborator'),
    emailVerified: boolean('emailVerified'),
    refreshToken: text('refreshToken'),
    refreshTokenExpires: timestamp('refreshTokenExpires', { mode: 'date' }),
  });
}

function mysqlTable() {
  const { bigint, boolean, mysqlTable, text, timestamp, varchar } = mysqlColumns;
  return mysqlTable('session', {
    id: varchar('id', { length: 255 }).primaryKey(),
    shop: text('shop').notNull(),
    state: text('state').notNull(),
    isOnline: boolean('isOnline').default(false).notNull(),
    scope: text('scope'),
    expires: timestamp('expires', { mode: 'date' }),
    accessToken: text('accessToken'),
    userId: bigint('userId', { mode: 'number' }),
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('email'),
    accountOwner: boolean('accountOwner'),
    locale: text('locale'),
    collaborator: boolean('collaborator'),
    emailVerified: boolean('emailVerified'),
    refreshToken: text('refreshToken'),
    refreshTokenExpires: timestamp('refreshTokenExpires', { mode: 'date' }),
  });
}

function sqliteTable() {
  const { blob, integer, sqliteTable, text } = sqliteColumns;
  const boolean = (name: string) => integer(name, { mode: 'boolean' });
  return sqliteTable('session', {
    id: text('id').primaryKey(),
    shop: text('shop').notNull(),
    state: text('state').notNull(),
    isOnline: boolean('isOnline').notNull().default(false),
    scope: text('scope'),
    expires: text('expires'),
    accessToken: text('accessToken'),
    userId: blob('userId', { mode: 'bigint' }),
    firstName: text('firstName'),
    lastName: text('lastName'),
    email: text('email'),
    accountOwner: boolean('accountOwner'),
    locale: text('locale'),
    collaborator: boolean('collaborator'),
    emailVerified: boolean('emailVerified'),
    refreshToken: text('refreshToken'),
    refreshTokenExpires: text('refreshTokenExpires'),
  });
}

// What drizzle-kit makes of them.

const createPostgresTable = `CREATE TABLE "session" (
  "id" text PRIMARY KEY NOT NULL,
  "shop" text NOT NULL,
  "state" text NOT NULL,
  "isOnline" boolean DEFAULT false NOT NULL,
  "scope" text,
  "expires" timestamp,
  "accessToken" text,
  "userId" bigint,
  "firstName" text,
  "lastName" text,
  "email" text,
  "accountOwner" boolean,
  "locale" text,
  "collaborator" boolean,
  "emailVerified" boolean,
  "refreshToken" text,
  "refreshTokenExpires" timestamp
)`;

const createMysqlTable = `CREATE TABLE \`session\` (
  \`id\` varchar(255) NOT NULL,
  \`shop\` text NOT NULL,
  \`state\` text NOT NULL,
  \`isOnline\` boolean NOT NULL DEFAULT false,
  \`scope\` text,
  \`expires\` timestamp NULL,
  \`accessToken\` text,
  \`userId\` bigint,
  \`firstName\` text,
  \`lastName\` text,
  \`email\` text,
  \`accountOwner\` boolean,
  \`locale\` text,
  \`collaborator\` boolean,
  \`emailVerified\` boolean,
  \`refreshToken\` text,
  \`refreshTokenExpires\` timestamp NULL,
  CONSTRAINT \`session_id\` PRIMARY KEY(\`id\`)
)`;

const createSqliteTable = `CREATE TABLE \`session\` (
  \`id\` text PRIMARY KEY NOT NULL,
  \`shop\` text NOT NULL,
  \`state\` text NOT NULL,
  \`isOnline\` integer DEFAULT false NOT NULL,
  \`scope\` text,
  \`expires\` text,
  \`accessToken\` text,
  \`userId\` blob,
  \`firstName\` text,
  \`lastName\` text,
  \`email\` text,
  \`accountOwner\` integer,
  \`locale\` text,
  \`collaborator\` integer,
  \`emailVerified\` integer,
  \`refreshToken\` text,
  \`refreshTokenExpires\` text
)`;
