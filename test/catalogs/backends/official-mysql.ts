// The catalog of @shopify/shopify-app-session-storage-mysql.
import mysql from 'mysql2/promise';
import { mysqlCatalog } from '../../../src/catalogs/mysql/index.js';
import { officialMysql } from '../../conformance/backends/official-mysql.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const mysqlBackend: CatalogBackend = {
  ...officialMysql,
  async connect(place) {
    const { storage, close } = await officialMysql.connect(place);
    const catalog = mysqlCatalog(mysql.createPool(place.database ?? ''));
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
