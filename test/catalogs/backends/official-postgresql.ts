// The catalog of @shopify/shopify-app-session-storage-postgresql.
import pg from 'pg';
import { postgresqlCatalog } from '../../../src/catalogs/postgresql/index.js';
import { officialPostgres } from '../../conformance/backends/official-postgres.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const postgresqlBackend: CatalogBackend = {
  ...officialPostgres,
  async connect(place) {
    const { storage, close } = await officialPostgres.connect(place);
    const pool = new pg.Pool({ connectionString: place.database });
    const catalog = postgresqlCatalog(pool);
    return {
      storage,
      catalog,
      async damage(id) {
        await pool.query('ALTER TABLE shopify_sessions ALTER shop DROP NOT NULL');
        await pool.query('UPDATE shopify_sessions SET shop = NULL WHERE id = $1', [id]);
        return () => pool.query('DELETE FROM shopify_sessions WHERE id = $1', [id]);
      },
      async close() {
        await catalog.disconnect?.();
        await close();
      },
    };
  },
};
