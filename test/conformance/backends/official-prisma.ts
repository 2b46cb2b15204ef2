// @shopify/shopify-app-session-storage-prisma on SQLite, without any of Prisma's own binaries.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaLibSQL } from '@prisma/adapter-libsql';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import { type PrismaClient, prismaClientClass } from './prisma-client.js';

export const officialPrisma = prismaOnSqlite('official Prisma on SQLite', (client) => client);

/** With a client extension, as apps use them for logging or for computed fields. */
export const officialPrismaExtended = prismaOnSqlite(
  'official Prisma on SQLite, with $extends',
  (client) =>
    client.$extends({
      query: { $allModels: { $allOperations: ({ args, query }) => query(args) } },
    }),
);

function prismaOnSqlite(name: string, extend: (client: PrismaClient) => PrismaClient): Backend {
  return {
    name,
    server: undefined,
    capabilities: { ...officialCapabilities, processes: false, foundPerShop: 25 },
    async create() {
      const folder = await mkdtemp(join(tmpdir(), 'test-prisma-'));
      const client = await openClient(join(folder, 'sessions.db'));
      await client.$executeRawUnsafe(sessionTable);
      await client.$disconnect();
      return { folder };
    },
    async connect({ folder = '' }: Place) {
      const file = join(folder, 'sessions.db');
      const client = extend(await openClient(file));
      // It cannot be imported before there is a generated client.
      const { PrismaSessionStorage } = await import('@shopify/shopify-app-session-storage-prisma');
      return {
        // Its parameter is the generated client, of which the type checker knows nothing.
        storage: new PrismaSessionStorage(client as never),
        raw: () => contentsOfPrisma(client, 'SELECT * FROM Session'),
        bytes: () => readFile(file, 'latin1'),
        close: () => client.$disconnect(),
      };
    },
    drop: ({ folder = '' }) => rm(folder, { recursive: true, force: true }),
  };
}

/** What a query finds, as text. */
export async function contentsOfPrisma(client: PrismaClient, select: string): Promise<string> {
  return JSON.stringify(await client.$queryRawUnsafe(select), text);
}

const text = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

async function openClient(file: string): Promise<PrismaClient> {
  const Client = await prismaClientClass('sqlite');
  return new Client({ adapter: new PrismaLibSQL({ url: `file:${file}` }) });
}

// What `prisma migrate` would make of the schema.
export const sessionTable = `
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
