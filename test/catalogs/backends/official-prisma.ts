// The catalog of @shopify/shopify-app-session-storage-prisma, on SQLite.
import { type PrismaClient, prismaCatalog } from '../../../src/catalogs/prisma/index.js';
import { officialPrisma } from '../../conformance/backends/official-prisma.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const prismaBackend: CatalogBackend = {
  ...officialPrisma,
  async connect(place) {
    const { storage, close } = await officialPrisma.connect(place);
    // The storage's own client: SQLite has one writer at a time.
    const client: PrismaClient & { $queryRawUnsafe(sql: string, id?: string): Promise<unknown> } =
      Reflect.get(storage, 'prisma');
    // Thousands of sessions in little time: this database need not survive a power cut.
    await client.$queryRawUnsafe('PRAGMA synchronous = OFF');
    await client.$queryRawUnsafe('PRAGMA journal_mode = MEMORY');
    return {
      storage,
      catalog: prismaCatalog(client),
      async damage(id) {
        await client.$queryRawUnsafe("UPDATE Session SET shop = x'00' WHERE id = ?", id);
        return () => client.$queryRawUnsafe('DELETE FROM Session WHERE id = ?', id);
      },
      close,
    };
  },
};
