// The catalog of @shopify/shopify-app-session-storage-mysql.
import mysql from 'mysql2/promise';
import { mysqlCatalog } from '../../../src/catalogs/mysql/index.js';
import { officialMysql } from '../../conformance/backends/official-mysql.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const mysqlBackend: CatalogBackend = {
  ...officialMysql,
  async connect(place) {
    const { storage, close } = await officialMysql.connect(place);
    const pool = mysql.createPool(place.database ?? '');
    const catalog = mysqlCatalog(pool);
    return {
      storage,
      catalog,
      async damage(id) {
        await pool.query('ALTER TABLE shopify_sessions MODIFY shop varchar(255) NULL');
        await pool.query('UPDATE shopify_sessions SET shop = NULL WHERE id = ?', [id]);
        return () => pool.query('DELETE FROM shopify_sessions WHERE id = ?', [id]);
      },
      async close() {
        await catalog.disconnect?.();
        await close();
      },
    };
  },
};
