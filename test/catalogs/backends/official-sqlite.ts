// The catalog of the official SQLite storage, over each kind of driver that it takes.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Libsql from 'libsql';
import { type SqliteDatabase, sqliteCatalog } from '../../../src/catalogs/sqlite/index.js';
import { officialSqlite, openSqliteStorage } from '../../conformance/backends/official-sqlite.js';
import { Database } from '../../conformance/backends/sqlite3-over-libsql.js';
import type { CatalogBackend } from '../catalog-backend.js';

export type Open = (file: string) => SqliteDatabase & { close(): unknown };

/** The official SQLite storage, with the catalog over the driver that `open` uses. */
export function sqliteBackend(driver: string, open: Open): CatalogBackend {
  return {
    name: `official SQLite through ${driver}`,
    server: undefined,
    create: officialSqlite.create,
    async connect({ folder = '' }) {
      const file = join(folder, 'sessions.db');
      const { storage, close } = await openSqliteStorage(file);
      const catalog = sqliteCatalog(open(file));
      const run = async (sql: string, id: string) => {
        const database = openLibsql(file);
        database.prepare(sql).run(id);
        database.close();
      };
      return {
        storage,
        catalog,
        async damage(id) {
          await run("UPDATE shopify_sessions SET shop = x'00' WHERE id = ?", id);
          return () => run('DELETE FROM shopify_sessions WHERE id = ?', id);
        },
        async close() {
          await catalog.disconnect?.();
          await close();
        },
      };
    },
    drop: officialSqlite.drop,
  };
}

export const openLibsql = (file: string) => unsynchronized(new Libsql(file));

/** `node:sqlite`, from Node 22.13 on; undefined before. */
export const nodeSqlite = (): typeof openLibsql | undefined => {
  const load = createRequire(import.meta.url);
  try {
    const { DatabaseSync } = load('node:sqlite') as {
      DatabaseSync: new (file: string) => Libsql.Database;
    };
    return (file) => unsynchronized(new DatabaseSync(file));
  } catch {
    return undefined;
  }
};

/** The driver that the storage itself has, as far as it can be had here. */
export const openSqlite3: Open = (file) => {
  const database = new Database(file);
  database.exec('PRAGMA synchronous = OFF', () => {});
  return database;
};

function unsynchronized(database: Libsql.Database): Libsql.Database {
  database.exec('PRAGMA synchronous = OFF');
  return database;
}
