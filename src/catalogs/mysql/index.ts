// The catalog of @shopify/shopify-app-session-storage-mysql, on MySQL and on MariaDB.
import { OptionInvalidError } from '../../errors.js';
import { codeOf } from '../../safe-cause.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { StoreAccess } from '../../store-access/index.js';
import { assertMethods, type CatalogOptions, resolveOptions } from '../catalog-options.js';
import { dateFormats } from '../sql/date-columns.js';
import type { Row } from '../sql/session-row.js';
import { type SqlDatabase, SqlSessionCatalog } from '../sql/sql-catalog.js';
import type { StoredSession } from '../stored-session.js';
import { replaceMysqlRows } from './mysql-batch.js';
import {
  collatedMysql,
  estimateMysqlRows,
  mysqlBytes,
  mysqlColumns,
  mysqlDateTypes,
  mysqlFindings,
  quoteMysql,
  widenMysqlColumn,
} from './mysql-table.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** What is needed of a pool, or of a single connection, of `mysql2/promise`. */
export interface MysqlPool {
  // biome-ignore lint/suspicious/noExplicitAny: mysql2's types of a parameter differ by release
  execute(sql: string, values: any): Promise<[unknown, unknown]>;
  end(): Promise<void>;
}

/** Where the storage keeps its sessions. */
export interface MysqlCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-mysql` keeps, for
 * re-encrypting and copying them while the app serves. It compares and swaps with one `UPDATE`,
 * byte for byte: MySQL's own comparison takes texts that differ in case for equal.
 *
 * @param pool A pool of `mysql2/promise` on the storage's database; `disconnect` ends it.
 * @throws OptionInvalidError if `pool` is none, or an option is unknown or invalid.
 *
 * @example
 * import mysql from 'mysql2/promise';
 * import { mysqlCatalog } from 'shopify-app-session-storage-encrypted/mysql';
 * export default mysqlCatalog(mysql.createPool('mysql://localhost/app'));
 */
export function mysqlCatalog(
  pool: MysqlPool,
  options: MysqlCatalogOptions = {},
): SessionCatalog<StoredSession> {
  const message = 'mysqlCatalog needs a pool of mysql2/promise; of another, pass pool.promise().';
  assertMethods(pool, ['execute', 'end'], message);
  // The pool of plain mysql2 has the same methods, with callbacks.
  if ('promise' in pool) throw new OptionInvalidError(message);
  const { sessionTableName, deadline } = resolveOptions(
    'mysqlCatalog',
    { ...options },
    { sessionTableName: 'shopify_sessions' },
  );
  const calls = new StoreAccess('the MySQL database', deadline);
  return new SqlSessionCatalog(mysqlDatabase(pool, sessionTableName, calls));
}

const official = { expires: 'seconds', refreshTokenExpires: 'seconds' } as const;

function mysqlDatabase(pool: MysqlPool, table: string, calls: StoreAccess): SqlDatabase {
  // Prepared statements: what is interpolated depends on the server's sql_mode, and ends up in errors.
  const run = async (sql: string, values: readonly unknown[]) =>
    (await pool.execute(sql, [...values]))[0];
  const rows = async (sql: string, values: readonly unknown[]) => (await run(sql, values)) as Row[];
  const affected = async (sql: string, values: readonly unknown[]) =>
    Number(((await run(sql, values)) as Row).affectedRows);
  return {
    table,
    quotedTable: quoteMysql(table),
    calls,
    format: (columns) => ({
      ...dateFormats(columns, mysqlDateTypes, official),
      flag: 'number',
      userId: 'number',
    }),
    quote: quoteMysql,
    parameter: () => '?',
    asText: (column) => `CAST(${column} AS CHAR)`,
    collated: collatedMysql,
    equals: (column, parameter, kind) =>
      kind === 'text'
        ? `${mysqlBytes(column)} <=> ${mysqlBytes(parameter)}`
        : `${column} <=> ${parameter}`,
    columns: () => mysqlColumns(rows, table),
    rows,
    // Rows found or rows changed, as the connection is set up: an update always changes something.
    update: affected,
    async insert(sql, values) {
      try {
        return (await affected(sql, values)) === 1;
      } catch (error) {
        // INSERT IGNORE would also ignore what does not fit.
        if (codeOf(error) === 'ER_DUP_ENTRY') return false;
        throw error;
      }
    },
    remove: affected,
    replaceRows: (batch) => replaceMysqlRows({ change: affected, rows }, table, batch),
    widen: (column, length) => widenMysqlColumn(table, column, length),
    estimate: () => estimateMysqlRows(rows, table),
    isTooLong: (error) => codeOf(error) === 'ER_DATA_TOO_LONG',
    findings: () => mysqlFindings(rows),
    end: () => pool.end(),
  };
}
