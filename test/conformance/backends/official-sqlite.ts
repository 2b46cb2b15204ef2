// @shopify/shopify-app-session-storage-sqlite on a file, without a compiler.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Backend, officialCapabilities, type Place } from '../backend.js';
import { Database, SQLiteSessionStorage } from './sqlite3-over-libsql.js';

export const officialSqlite: Backend = {
  name: 'official SQLite',
  server: undefined,
  capabilities: officialCapabilities,
  async create() {
    const place = { folder: await mkdtemp(join(tmpdir(), 'test-sqlite-')) };
    // The tables, which processes that begin at once would each try to make.
    await (await officialSqlite.connect(place)).close();
    return place;
  },
  async connect({ folder = '' }: Place) {
    const { database, storage, close } = await openSqliteStorage(join(folder, 'sessions.db'));
    return {
      storage,
      raw: async () => JSON.stringify(await query(database, 'SELECT * FROM shopify_sessions')),
      // With the journal, where the pages are as they were.
      async bytes() {
        const files = (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1'));
        return (await Promise.all(files)).join('\n');
      },
      close,
    };
  },
  drop: ({ folder = '' }: Place) => rm(folder, { recursive: true, force: true }),
};

/** Opens the storage on a database of its own, set for many sessions in little time. */
export async function openSqliteStorage(file: string) {
  const database = new Database(file);
  // It need not survive a power cut.
  await query(database, 'PRAGMA synchronous = OFF');
  // Other processes may be slow. `sqlite3` waits for a second, and then fails.
  await query(database, 'PRAGMA busy_timeout = 30000');
  const storage = new SQLiteSessionStorage(
    // The type wants all of `sqlite3`, of which the storage uses this.
    database as never,
  );
  await storage.ready;
  return { database, storage, close: promisify(database.close.bind(database)) };
}

const query = (database: Database, sql: string) =>
  promisify(database.all.bind(database))(sql, []) as Promise<unknown[]>;
