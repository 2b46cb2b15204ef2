// The catalog of @shopify/shopify-app-session-storage-prisma, on MySQL and on PostgreSQL.
import { type PrismaModelMap, prismaCatalog } from '../../../src/catalogs/prisma/index.js';
import {
  officialPrismaMysql,
  officialPrismaPostgres,
  type PrismaServerBackend,
} from '../../conformance/backends/official-prisma-on-servers.js';
import type { CatalogBackend } from '../catalog-backend.js';

/** A catalog's backend that also hands out the client itself. */
export type PrismaCatalogBackend = CatalogBackend &
  Pick<PrismaServerBackend, 'client'> & { readonly map: PrismaModelMap | undefined };

/** What the schema in snake_case says. */
const snakeCase: PrismaModelMap = {
  table: 'app sessions',
  columns: {
    isOnline: 'is_online',
    accessToken: 'access_token',
    userId: 'user_id',
    firstName: 'first_name',
    lastName: 'last_name',
    accountOwner: 'account_owner',
    emailVerified: 'email_verified',
    refreshToken: 'refresh_token',
    refreshTokenExpires: 'refresh_token_expires',
    createdAt: 'created_at',
  },
};

export const prismaMysqlBackend = catalogBackend(
  officialPrismaMysql,
  {
    nullable: 'ALTER TABLE Session MODIFY shop varchar(191) NULL',
    damage: 'UPDATE Session SET shop = NULL WHERE id = ?',
    remove: 'DELETE FROM Session WHERE id = ?',
  },
  { ignoresCase: true },
);
export const prismaPostgresqlBackend = catalogBackend(
  officialPrismaPostgres,
  {
    nullable: 'ALTER TABLE "app sessions" ALTER shop DROP NOT NULL',
    damage: 'UPDATE "app sessions" SET shop = NULL WHERE id = $1',
    remove: 'DELETE FROM "app sessions" WHERE id = $1',
  },
  { map: snakeCase },
);

function catalogBackend(
  backend: PrismaServerBackend,
  statements: Readonly<Record<'nullable' | 'damage' | 'remove', string>>,
  { map, ...differences }: Pick<CatalogBackend, 'ignoresCase'> & { map?: PrismaModelMap },
): PrismaCatalogBackend {
  return {
    ...backend,
    ...differences,
    map,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      const client = await backend.client(place);
      return {
        storage,
        catalog: prismaCatalog(client, map && { map }),
        async damage(id) {
          await client.$executeRawUnsafe(statements.nullable);
          await client.$executeRawUnsafe(statements.damage, id);
          return () => client.$executeRawUnsafe(statements.remove, id);
        },
        close: async () => {
          await close();
          await client.$disconnect();
        },
      };
    },
  };
}
