// Looks for sessions in a file of SQLite.
import { sqliteCatalog } from '../../catalogs/sqlite/index.js';
import { quoteSqlite } from '../../catalogs/sqlite/sqlite-batch.js';
import { sqliteClass } from '../../optional-packages/sqlite-class.js';
import { anySession, connectTimeout, type Database, tablesOf } from './database.js';

const tables = `
  SELECT m.name AS "table", p.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) p
  WHERE m.type = 'table' ORDER BY m.name, p.cid`;

export async function connectSqlite(path: string, deadline: number): Promise<Database> {
  const DatabaseClass = (await sqliteClass()) as new (
    path: string,
  ) => Parameters<typeof sqliteCatalog>[0] & {
    prepare(sql: string): { all(): unknown };
    exec(sql: string): unknown;
    close(): unknown;
  };
  const database = new DatabaseClass(path);
  const read = (sql: string) => {
    // An app that writes, or that has just closed the file, may lock it for a moment.
    database.exec(`PRAGMA busy_timeout = ${connectTimeout}`);
    const rows = database.prepare(sql).all();
    // The catalog has a deadline of its own.
    database.exec('PRAGMA busy_timeout = 0');
    return rows;
  };
  return {
    tables: async () => tablesOf(read(tables)),
    async holdsSessions(place) {
      const rows = read(anySession(quoteSqlite(place.table), place, 'key', 'TEXT'));
      return Array.isArray(rows) && rows.length > 0;
    },
    catalog: ({ table }) => sqliteCatalog(database, { sessionTableName: table, deadline }),
    close: async () => database.close(),
  };
}
