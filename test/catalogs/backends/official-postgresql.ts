// The catalog of @shopify/shopify-app-session-storage-postgresql.
import pg from 'pg';
import { postgresqlCatalog } from '../../../src/catalogs/postgresql/index.js';
import { officialPostgres } from '../../conformance/backends/official-postgres.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const postgresqlBackend: CatalogBackend = {
  ...officialPostgres,
  async connect(place) {
    const { storage, close } = await officialPostgres.connect(place);
    const catalog = postgresqlCatalog(new pg.Pool({ connectionString: place.database }));
    return {
      storage,
      catalog,
      async close() {
        await catalog.disconnect?.();
        await close();
      },
    };
  },
};
