// Looks for sessions in a file of SQLite.
import { sqliteCatalog } from '../../catalogs/sqlite/index.js';
import { quoteSqlite } from '../../catalogs/sqlite/sqlite-batch.js';
import { sqliteClass } from '../../optional-packages/sqlite-class.js';
import {
  anyRow,
  connectTimeout,
  type Database,
  prefixesOf,
  prefixesQuery,
  type RecordSql,
  tablesOf,
} from './database.js';

/** Without virtual tables, which have no page: the module of one may be absent, and none holds sessions. */
const tables = `
  SELECT m.name AS "table", p.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) p
  WHERE m.type = 'table' AND m.rootpage > 0 ORDER BY m.name, p.cid`;

const records: RecordSql = {
  key: 'key',
  parameter: '?',
  position: 'instr',
  text: (column) => `CAST(${column} AS TEXT)`,
};

export async function connectSqlite(path: string, deadline: number): Promise<Database> {
  const DatabaseClass = (await sqliteClass()) as new (
    path: string,
  ) => Parameters<typeof sqliteCatalog>[0] & {
    prepare(sql: string): { all(...values: string[]): unknown };
    exec(sql: string): unknown;
    close(): unknown;
  };
  const database = new DatabaseClass(path);
  const read = (sql: string, values: readonly string[] = []) => {
    // An app that writes, or that has just closed the file, may lock it for a moment.
    database.exec(`PRAGMA busy_timeout = ${connectTimeout}`);
    const rows = database.prepare(sql).all(...values);
    // The catalog has a deadline of its own.
    database.exec('PRAGMA busy_timeout = 0');
    return rows;
  };
  return {
    tables: async () => tablesOf(read(tables)),
    async holdsSessions({ table }) {
      const rows = read(anyRow(quoteSqlite(table)));
      return Array.isArray(rows) && rows.length > 0;
    },
    recordPrefixes: async ({ table }, except) =>
      prefixesOf(read(...prefixesQuery(quoteSqlite(table), except, records))),
    catalog: ({ table }) => sqliteCatalog(database, { sessionTableName: table, deadline }),
    close: async () => database.close(),
  };
}
