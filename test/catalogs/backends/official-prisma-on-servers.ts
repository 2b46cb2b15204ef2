// The catalog of @shopify/shopify-app-session-storage-prisma, on MySQL and on PostgreSQL.
import { prismaCatalog } from '../../../src/catalogs/prisma/index.js';
import {
  officialPrismaMysql,
  officialPrismaPostgres,
  type PrismaServerBackend,
} from '../../conformance/backends/official-prisma-on-servers.js';
import type { CatalogBackend } from '../catalog-backend.js';

/** A catalog's backend that also hands out the client itself. */
export type PrismaCatalogBackend = CatalogBackend & Pick<PrismaServerBackend, 'client'>;

export const prismaMysqlBackend = catalogBackend(
  officialPrismaMysql,
  {
    nullable: 'ALTER TABLE Session MODIFY shop varchar(191) NULL',
    damage: 'UPDATE Session SET shop = NULL WHERE id = ?',
    remove: 'DELETE FROM Session WHERE id = ?',
  },
  { ignoresCase: true },
);
export const prismaPostgresqlBackend = catalogBackend(officialPrismaPostgres, {
  nullable: 'ALTER TABLE "app sessions" ALTER shop DROP NOT NULL',
  damage: 'UPDATE "app sessions" SET shop = NULL WHERE id = $1',
  remove: 'DELETE FROM "app sessions" WHERE id = $1',
});

function catalogBackend(
  backend: PrismaServerBackend,
  statements: Readonly<Record<'nullable' | 'damage' | 'remove', string>>,
  differences: Pick<CatalogBackend, 'ignoresCase'> = {},
): PrismaCatalogBackend {
  return {
    ...backend,
    ...differences,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      const client = await backend.client(place);
      return {
        storage,
        catalog: prismaCatalog(client),
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
