// @shopify/shopify-app-session-storage-prisma on MySQL as its README has it, and on PostgreSQL with
// names in snake_case and columns of the app's own.
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { PrismaPg } from '@prisma/adapter-pg';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import { officialMysql } from './official-mysql.js';
import { officialPostgres } from './official-postgres.js';
import { contentsOfPrisma } from './official-prisma.js';
import { type PrismaClient, type PrismaProvider, prismaClientClass } from './prisma-client.js';

/** A backend that also hands out the client itself. */
export interface PrismaServerBackend extends Backend {
  /** @param omit Fields of the model that the app has left out of what it reads. */
  client(place: Place, omit?: Readonly<Record<string, true>>): Promise<PrismaClient>;
}

export const officialPrismaMysql = prismaBackend({
  name: 'official Prisma on MySQL',
  provider: 'mysql',
  databases: officialMysql,
  adapterOf(database) {
    const { hostname, port, username, password, pathname } = new URL(database);
    return new PrismaMariaDb({
      host: hostname,
      port: Number(port),
      user: username,
      password,
      database: pathname.slice(1),
      // No fewer than the calls that a test makes at once: this pool hands a connection that comes back
      // to the call that asks next, so that those which wait for one can wait for ever.
      connectionLimit: 16,
      // A busy machine may take its time.
      acquireTimeout: 60_000,
      connectTimeout: 60_000,
    });
  },
  select: 'SELECT * FROM `Session`',
  // What `prisma migrate` would make of the schema with tokens as our documents ask for.
  table: `CREATE TABLE \`Session\` (
    \`id\` VARCHAR(191) NOT NULL,
    \`shop\` VARCHAR(191) NOT NULL,
    \`state\` VARCHAR(191) NOT NULL,
    \`isOnline\` BOOLEAN NOT NULL DEFAULT false,
    \`scope\` VARCHAR(191) NULL,
    \`expires\` DATETIME(3) NULL,
    \`accessToken\` VARCHAR(1024) NOT NULL,
    \`userId\` BIGINT NULL,
    \`firstName\` VARCHAR(191) NULL,
    \`lastName\` VARCHAR(191) NULL,
    \`email\` VARCHAR(191) NULL,
    \`accountOwner\` BOOLEAN NULL,
    \`locale\` VARCHAR(191) NULL,
    \`collaborator\` BOOLEAN NULL,
    \`emailVerified\` BOOLEAN NULL,
    \`refreshToken\` VARCHAR(1024) NULL,
    \`refreshTokenExpires\` DATETIME(3) NULL,
    PRIMARY KEY (\`id\`)
  ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
});

export const officialPrismaPostgres = prismaBackend({
  name: 'official Prisma on PostgreSQL, in snake_case',
  provider: 'postgresql',
  databases: officialPostgres,
  adapterOf: (database) => new PrismaPg({ connectionString: database, max: 4 }),
  select: 'SELECT * FROM "app sessions"',
  // The names are those of the schema that the client was generated for.
  table: `CREATE TABLE "app sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "is_online" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "access_token" TEXT NOT NULL,
    "user_id" BIGINT,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "account_owner" BOOLEAN,
    "locale" TEXT,
    "collaborator" BOOLEAN,
    "email_verified" BOOLEAN,
    "refresh_token" TEXT,
    "refresh_token_expires" TIMESTAMP(3),
    "plan" TEXT NOT NULL DEFAULT 'free',
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
  )`,
});

function prismaBackend(parts: {
  readonly name: string;
  readonly provider: PrismaProvider;
  readonly databases: Backend;
  readonly select: string;
  readonly table: string;
  adapterOf(database: string): object;
}): PrismaServerBackend {
  const { name, provider, databases } = parts;
  const open: PrismaServerBackend['client'] = async ({ database = '' }, omit = {}) => {
    const Client = await prismaClientClass(provider);
    return new Client({ adapter: parts.adapterOf(database), omit: { session: omit } });
  };
  return {
    name,
    server: databases.server,
    capabilities: { ...officialCapabilities, processes: false, foundPerShop: 25 },
    client: open,
    async create(server) {
      const place = await databases.create(server);
      const client = await open(place);
      await client.$executeRawUnsafe(parts.table);
      await client.$disconnect();
      return place;
    },
    async connect(place) {
      const client = await open(place);
      // It cannot be imported before there is a generated client.
      const { PrismaSessionStorage } = await import('@shopify/shopify-app-session-storage-prisma');
      return {
        storage: new PrismaSessionStorage(client as never),
        raw: () => contentsOfPrisma(client, parts.select),
        close: () => client.$disconnect(),
      };
    },
    drop: (place) => databases.drop(place),
  };
}
