// Looks for sessions in a MySQL or MariaDB database.
import { mysqlCatalog } from '../../catalogs/mysql/index.js';
import { quoteMysql } from '../../catalogs/mysql/mysql-table.js';
import { memberOf } from '../../foreign-object.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { endMysqlPool, mysqlPoolOptions } from '../../store-access/mysql-pool.js';
import { anySession, connectTimeout, type Database, tablesOf } from './database.js';

const tables = `
  SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\`, @@lower_case_table_names AS folding FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`;

/** By when it was started, as well: a clone of a server has all its names, and may be copied from. */
const identity = (status: string) => `
  SELECT @@hostname AS host, @@port AS port, DATABASE() AS \`database\`, UNIX_TIMESTAMP() - VARIABLE_VALUE AS start
  FROM ${status} WHERE VARIABLE_NAME = 'Uptime'`;

/** @param names What the table is called, if the command says so. */
export async function connectMysql(
  uri: string,
  names: readonly string[],
  deadline: number,
): Promise<Database> {
  const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
  const pool = Reflect.apply(createPool, undefined, [
    mysqlPoolOptions(uri, { connectTimeout }),
  ]) as Parameters<typeof mysqlCatalog>[0] & {
    execute(sql: string, values: unknown[]): Promise<[unknown, unknown]>;
  };
  return {
    async tables() {
      const [rows] = await pool.execute(tables, []);
      const found = tablesOf(rows);
      const [first] = Array.isArray(rows) ? rows : [];
      if (Number(memberOf(first, 'folding')) === 0) return found;
      // The server takes a name in any case, and may list it in another than the app's.
      const asAsked = (name: string) =>
        names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
      return found.map((table) => ({ ...table, name: asAsked(table.name) }));
    },
    async identity() {
      const ofMariadb = pool.execute(identity('information_schema.GLOBAL_STATUS'), []);
      const [rows] = await ofMariadb.catch(() =>
        pool.execute(identity('performance_schema.global_status'), []),
      );
      return Array.isArray(rows) ? rows[0] : undefined;
    },
    async holdsSessions(place) {
      const sql = anySession(quoteMysql(place.table), place, quoteMysql('key'), 'CHAR');
      const [rows] = await pool.execute(sql, []);
      return Array.isArray(rows) && rows.length > 0;
    },
    catalog: ({ table }) => mysqlCatalog(pool, { sessionTableName: table, deadline }),
    close: () => endMysqlPool(pool),
  };
}
