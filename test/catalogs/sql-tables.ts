// Databases with tables of a test's own making, as the official SQL storages find them.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { CatalogWarning, SessionCatalog } from '../../src/index.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';

/** An empty database with a catalog on it. */
export interface SqlTables {
  readonly catalog: SessionCatalog<StoredSession> & {
    loadSession(id: string): Promise<StoredSession | undefined>;
    warnings(sealedTokenLength?: number): Promise<CatalogWarning[]>;
  };
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export async function postgresqlTables(server: string): Promise<SqlTables> {
  const place = await officialPostgres.create(server);
  const pool = new pg.Pool({ connectionString: place.database, max: 2 });
  return {
    catalog: postgresqlCatalog(pool) as SqlTables['catalog'],
    query: async (sql, values = []) => (await pool.query(sql, values)).rows,
    async drop() {
      await pool.end();
      await officialPostgres.drop(place);
    },
  };
}

/** @param mode The sql_mode of its connections. */
export async function mysqlTables(server: string, mode?: string): Promise<SqlTables> {
  const place = await officialMysql.create(server);
  const pool = mysql.createPool({ uri: place.database ?? '', connectionLimit: 1 });
  if (mode !== undefined) await pool.query('SET SESSION sql_mode = ?', [mode]);
  return {
    catalog: mysqlCatalog(pool) as SqlTables['catalog'],
    query: async (sql, values = []) =>
      (await pool.query(sql, values))[0] as Record<string, unknown>[],
    async drop() {
      await pool.end();
      await officialMysql.drop(place);
    },
  };
}

/** Every session of a catalog. */
export async function everySession(
  catalog: SessionCatalog<StoredSession>,
): Promise<StoredSession[]> {
  const found: StoredSession[] = [];
  for await (const session of catalog.sessions()) found.push(session);
  return found;
}
