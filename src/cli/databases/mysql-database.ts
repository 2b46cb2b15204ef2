// Looks for sessions in a MySQL or MariaDB database.
import { mysqlCatalog } from '../../catalogs/mysql/index.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { connectTimeout, type Database, tablesOf } from './database.js';

const tables = `
  SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\` FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`;

export async function connectMysql(uri: string, deadline: number): Promise<Database> {
  const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
  const pool = Reflect.apply(createPool, undefined, [
    { uri, connectTimeout, charset: 'utf8mb4_bin' },
  ]) as Parameters<typeof mysqlCatalog>[0] & {
    execute(sql: string, values: unknown[]): Promise<[unknown, unknown]>;
  };
  return {
    tables: async () => tablesOf((await pool.execute(tables, []))[0]),
    catalog: ({ table }) => mysqlCatalog(pool, { sessionTableName: table, deadline }),
    close: () => pool.end(),
  };
}
