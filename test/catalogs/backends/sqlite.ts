// The catalog of the official SQLite storage, over each kind of driver that it takes.
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { type SqliteDatabase, sqliteCatalog } from '../../../src/catalogs/sqlite.js';
import type { CatalogBackend } from '../catalog-backend.js';
import { SqliteStorage } from './sqlite-storage.js';

type Open = (file: string) => SqliteDatabase & { close(): unknown };

/** The official SQLite storage, with the catalog over the driver that `open` uses. */
export function sqliteBackend(driver: string, open: Open): CatalogBackend {
  return {
    name: `the official SQLite table through ${driver}`,
    server: undefined,
    create: async () => ({ folder: await mkdtemp(join(tmpdir(), 'test-sqlite-')) }),
    async connect({ folder = '' }) {
      const file = join(folder, 'sessions.db');
      const app = new Database(file, { timeout: 10_000 });
      // Thousands of sessions in little time: this database need not survive a power cut.
      app.exec('PRAGMA synchronous = OFF');
      const storage = new SqliteStorage(app);
      const catalog = sqliteCatalog(open(file));
      return {
        storage,
        catalog,
        async close() {
          await catalog.disconnect?.();
          app.close();
        },
      };
    },
    drop: ({ folder = '' }) => rm(folder, { recursive: true, force: true }),
  };
}

export const openLibsql: Open = (file) => unsynchronized(new Database(file));

/** `node:sqlite`, from Node 22.13 on; undefined before. */
export const nodeSqlite = (): Open | undefined => {
  const load = createRequire(import.meta.url);
  try {
    const { DatabaseSync } = load('node:sqlite') as {
      DatabaseSync: new (file: string) => Database.Database;
    };
    return (file) => unsynchronized(new DatabaseSync(file));
  } catch {
    return undefined;
  }
};

/** The methods of a `sqlite3` database, which has to be compiled, over libsql. */
export const openWithCallbacks: Open = (file) => {
  const database = unsynchronized(new Database(file));
  return {
    all(sql, values, callback) {
      setImmediate(() => {
        try {
          callback(null, database.prepare(sql).all(...values));
        } catch (error) {
          callback(error as Error, []);
        }
      });
    },
    close: () => database.close(),
  };
};

function unsynchronized(database: Database.Database): Database.Database {
  database.exec('PRAGMA synchronous = OFF');
  return database;
}
