// Looks for sessions in a MySQL or MariaDB database.
import { mysqlCatalog } from '../../catalogs/mysql/index.js';
import { quoteMysql } from '../../catalogs/mysql/mysql-table.js';
import { memberOf } from '../../foreign-object.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { endMysqlPool, mysqlPoolOptions } from '../../store-access/mysql-pool.js';
import type { FoundTable } from '../found-layout.js';
import {
  anyRow,
  connectTimeout,
  type Database,
  prefixesOf,
  prefixesQuery,
  type RecordSql,
  tablesOf,
} from './database.js';

const tables = `
  SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\`, @@lower_case_table_names AS folding FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`;

/** By when it was started, as well: a clone of a server has all its names, and may be copied from. */
const identity = (status: string) => `
  SELECT @@hostname AS host, @@port AS port, DATABASE() AS \`database\`, UNIX_TIMESTAMP() - VARIABLE_VALUE AS start
  FROM ${status} WHERE VARIABLE_NAME = 'Uptime'`;

/** What views read. The text is empty for a user who may not see it. */
const views = `
  SELECT TABLE_NAME AS \`table\`, VIEW_DEFINITION AS definition, DATABASE() AS home FROM information_schema.VIEWS
  WHERE TABLE_SCHEMA = DATABASE()`;

const records: RecordSql = {
  key: quoteMysql('key'),
  parameter: '?',
  position: 'instr',
  text: (column) => `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`,
};

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
      const found = withReads(tablesOf(rows), (await pool.execute(views, []))[0]);
      const [first] = Array.isArray(rows) ? rows : [];
      if (Number(memberOf(first, 'folding')) === 0) return found;
      // The server takes a name in any case, and may list it in another than the app's.
      const asAsked = (name: string) =>
        names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
      return found.map((table) => ({
        ...table,
        name: asAsked(table.name),
        reads: (table.reads ?? []).map(asAsked),
      }));
    },
    async identity() {
      const ofMariadb = pool.execute(identity('information_schema.GLOBAL_STATUS'), []);
      const [rows] = await ofMariadb.catch(() =>
        pool.execute(identity('performance_schema.global_status'), []),
      );
      return Array.isArray(rows) ? rows[0] : undefined;
    },
    async holdsSessions({ table }) {
      const [rows] = await pool.execute(anyRow(quoteMysql(table)), []);
      return Array.isArray(rows) && rows.length > 0;
    },
    async recordPrefixes({ table }, except) {
      const [rows] = await pool.execute(...prefixesQuery(quoteMysql(table), except, records));
      return prefixesOf(rows);
    },
    catalog: ({ table }) => mysqlCatalog(pool, { sessionTableName: table, deadline }),
    close: () => endMysqlPool(pool),
  };
}

/** The tables, each view with those of them that its text names. */
function withReads(found: readonly FoundTable[], rows: unknown): FoundTable[] {
  const definitions = new Map(
    (Array.isArray(rows) ? rows : []).map((row) => [
      memberOf(row, 'table'),
      [String(memberOf(row, 'definition')), String(memberOf(row, 'home'))] as const,
    ]),
  );
  return found.map((view) => {
    const [text, home = ''] = definitions.get(view.name) ?? [];
    if (text === undefined) return view;
    const isNamed = ({ name }: FoundTable) =>
      text.includes(`${quoteMysql(home)}.${quoteMysql(name)}`);
    return { ...view, reads: found.filter(isNamed).map(({ name }) => name) };
  });
}
