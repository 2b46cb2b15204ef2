// @shopify/shopify-app-session-storage-prisma on SQLite, without any of Prisma's own binaries.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import { generatePrismaClient } from './prisma-client.js';

const require = createRequire(import.meta.url);

interface PrismaClient {
  $executeRawUnsafe(sql: string): Promise<number>;
  $queryRawUnsafe(sql: string): Promise<unknown[]>;
  $disconnect(): Promise<void>;
}

export const officialPrisma: Backend = {
  name: 'official Prisma on SQLite',
  server: undefined,
  capabilities: { ...officialCapabilities, processes: false, foundPerShop: 25 },
  async create() {
    generated ??= generatePrismaClient();
    await generated;
    const folder = await mkdtemp(join(tmpdir(), 'test-prisma-'));
    const client = openClient(join(folder, 'sessions.db'));
    await client.$executeRawUnsafe(table);
    await client.$disconnect();
    return { folder };
  },
  async connect({ folder = '' }: Place) {
    // It cannot be imported before there is a generated client.
    const { PrismaSessionStorage } = await import('@shopify/shopify-app-session-storage-prisma');
    const file = join(folder, 'sessions.db');
    const client = openClient(file);
    return {
      // Its parameter is the generated client, of which the type checker knows nothing.
      storage: new PrismaSessionStorage(client as never),
      raw: async () => JSON.stringify(await client.$queryRawUnsafe('SELECT * FROM Session'), text),
      bytes: () => readFile(file, 'latin1'),
      close: () => client.$disconnect(),
    };
  },
  drop: ({ folder = '' }) => rm(folder, { recursive: true, force: true }),
};

const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

let generated: Promise<void> | undefined;

function openClient(file: string): PrismaClient {
  const { PrismaClient } = require('@prisma/client') as {
    PrismaClient: new (options: { adapter: PrismaLibSQL }) => PrismaClient;
  };
  return new PrismaClient({ adapter: new PrismaLibSQL({ url: `file:${file}` }) });
}

// What `prisma migrate` would make of the schema.
const table = `
  CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" DATETIME,
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN,
    "locale" TEXT,
    "collaborator" BOOLEAN,
    "emailVerified" BOOLEAN,
    "refreshToken" TEXT,
    "refreshTokenExpires" DATETIME
  )`;
