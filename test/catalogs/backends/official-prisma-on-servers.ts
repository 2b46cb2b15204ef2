// The catalog of @shopify/shopify-app-session-storage-prisma, on MySQL and on PostgreSQL.
import { PrismaMariaDb } from '@prisma/adapter-mariadb';
import { PrismaPg } from '@prisma/adapter-pg';
import { prismaCatalog } from '../../../src/catalogs/prisma/index.js';
import type { Backend, Place } from '../../conformance/backend.js';
import { officialMysql } from '../../conformance/backends/official-mysql.js';
import { officialPostgres } from '../../conformance/backends/official-postgres.js';
import {
  type PrismaClient,
  type PrismaProvider,
  prismaClientClass,
} from '../../conformance/backends/prisma-client.js';
import type { CatalogBackend } from '../catalog-backend.js';

/** One of the two, with the client itself. */
export interface PrismaServerBackend extends CatalogBackend {
  client(place: Place): Promise<PrismaClient>;
}

export const prismaMysqlBackend = prismaBackend({
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
      connectionLimit: 4,
    });
  },
  ignoresCase: true,
  // What `prisma migrate` would make of the schema with tokens as README asks for.
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

export const prismaPostgresqlBackend = prismaBackend({
  name: 'official Prisma on PostgreSQL',
  provider: 'postgresql',
  databases: officialPostgres,
  adapterOf: (database) => new PrismaPg({ connectionString: database, max: 4 }),
  // The names are those of the schema that the client was generated for.
  table: `CREATE TABLE "app sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMP(3),
    "access_token" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN,
    "locale" TEXT,
    "collaborator" BOOLEAN,
    "emailVerified" BOOLEAN,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMP(3)
  )`,
});

function prismaBackend({
  name,
  provider,
  databases,
  adapterOf,
  table,
  ignoresCase,
}: {
  readonly name: string;
  readonly provider: PrismaProvider;
  readonly databases: Backend;
  readonly table: string;
  readonly ignoresCase?: true;
  adapterOf(database: string): object;
}): PrismaServerBackend {
  const open = async ({ database = '' }: Place) => {
    const Client = await prismaClientClass(provider);
    return new Client({ adapter: adapterOf(database) });
  };
  return {
    name,
    server: databases.server,
    ...(ignoresCase && { ignoresCase }),
    client: open,
    async create(server) {
      const place = await databases.create(server);
      const client = await open(place);
      await client.$executeRawUnsafe(table);
      await client.$disconnect();
      return place;
    },
    async connect(place) {
      const [storing, cataloguing] = await Promise.all([open(place), open(place)]);
      // It cannot be imported before there is a generated client.
      const { PrismaSessionStorage } = await import('@shopify/shopify-app-session-storage-prisma');
      return {
        storage: new PrismaSessionStorage(storing as never),
        catalog: prismaCatalog(cataloguing),
        close: async () => {
          await storing.$disconnect();
          await cataloguing.$disconnect();
        },
      };
    },
    drop: (place) => databases.drop(place),
  };
}
