// The tables of @shopify/shopify-app-session-storage-drizzle, which the SQL catalogs serve.
import Libsql from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mysqlCatalog } from '../../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../../src/catalogs/postgresql/index.js';
import { sqliteCatalog } from '../../../src/catalogs/sqlite/index.js';
import type { Backend, Place } from '../../conformance/backend.js';
import {
  drizzleSqliteFile,
  officialDrizzleMysql,
  officialDrizzlePostgres,
  officialDrizzleSqlite,
} from '../../conformance/backends/official-drizzle.js';
import type { CatalogBackend, CatalogConnection } from '../catalog-backend.js';

const options = { sessionTableName: 'session' };

export const drizzlePostgresBackend = catalogBackend(officialDrizzlePostgres, ({ database }) =>
  postgresqlCatalog(new pg.Pool({ connectionString: database, max: 4 }), options),
);

export const drizzleMysqlBackend = catalogBackend(officialDrizzleMysql, ({ database = '' }) =>
  mysqlCatalog(mysql.createPool({ uri: database, connectionLimit: 4 }), options),
);

export const drizzleSqliteBackend = catalogBackend(officialDrizzleSqlite, (place) =>
  sqliteCatalog(new Libsql(drizzleSqliteFile(place)), options),
);

function catalogBackend(
  backend: Backend,
  open: (place: Place) => CatalogConnection['catalog'],
): CatalogBackend {
  return {
    ...backend,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      const catalog = open(place);
      return {
        storage,
        catalog,
        async close() {
          await close();
          await catalog.disconnect?.();
        },
      };
    },
  };
}
