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

export const prismaMysqlBackend = catalogBackend(officialPrismaMysql, { ignoresCase: true });
export const prismaPostgresqlBackend = catalogBackend(officialPrismaPostgres);

function catalogBackend(
  backend: PrismaServerBackend,
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
        close: async () => {
          await close();
          await client.$disconnect();
        },
      };
    },
  };
}
