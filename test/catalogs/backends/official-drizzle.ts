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

export const drizzlePostgresBackend = catalogBackend(officialDrizzlePostgres, ({ database }) => {
  const pool = new pg.Pool({ connectionString: database, max: 4 });
  return {
    catalog: postgresqlCatalog(pool, options),
    async damage(id) {
      await pool.query('ALTER TABLE session ALTER shop DROP NOT NULL');
      await pool.query('UPDATE session SET shop = NULL WHERE id = $1', [id]);
      return () => pool.query('DELETE FROM session WHERE id = $1', [id]);
    },
  };
});

export const drizzleMysqlBackend = catalogBackend(officialDrizzleMysql, ({ database = '' }) => {
  const pool = mysql.createPool({ uri: database, connectionLimit: 4 });
  return {
    catalog: mysqlCatalog(pool, options),
    async damage(id) {
      await pool.query('ALTER TABLE session MODIFY shop text NULL');
      await pool.query('UPDATE session SET shop = NULL WHERE id = ?', [id]);
      return () => pool.query('DELETE FROM session WHERE id = ?', [id]);
    },
  };
});

export const drizzleSqliteBackend = catalogBackend(officialDrizzleSqlite, (place) => {
  const database = new Libsql(drizzleSqliteFile(place));
  return {
    catalog: sqliteCatalog(database, options),
    async damage(id) {
      database.prepare("UPDATE session SET shop = x'00' WHERE id = ?").run(id);
      return async () => database.prepare('DELETE FROM session WHERE id = ?').run(id);
    },
  };
});

function catalogBackend(
  backend: Backend,
  open: (place: Place) => Pick<CatalogConnection, 'catalog' | 'damage'>,
): CatalogBackend {
  return {
    ...backend,
    // The official PostgreSQL, MySQL and SQLite storages have these catalogs too, over other columns.
    isLikeAnother: true,
    async connect(place) {
      const { storage, close } = await backend.connect(place);
      const { catalog, damage } = open(place);
      return {
        storage,
        catalog,
        damage,
        async close() {
          await close();
          await catalog.disconnect?.();
        },
      };
    },
  };
}
