// The catalog of @shopify/shopify-app-session-storage-mysql, on MySQL and on MariaDB.
import { OptionInvalidError } from '../../errors.js';
import { codeOf } from '../../safe-cause.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { StoreAccess } from '../../store-access/index.js';
import {
  endMysqlPool,
  isMysqlPool,
  type MysqlPool,
  mysqlConnections,
} from '../../store-access/mysql-pool.js';
import { type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { dateFormats } from '../sql/date-columns.js';
import type { Row } from '../sql/session-row.js';
import { SqlSessionCatalog } from '../sql/sql-catalog.js';
import type { SqlDatabase } from '../sql/sql-database.js';
import type { StoredSession } from '../stored-session.js';
import { mysqlRowsAtOnce, replaceMysqlRows } from './mysql-batch.js';
import {
  collatedMysql,
  estimateMysqlRows,
  isMysqlTransactional,
  mysqlBytes,
  mysqlColumns,
  mysqlDateAsText,
  mysqlDateTypes,
  mysqlFindings,
  quoteMysql,
  widenMysqlColumn,
} from './mysql-table.js';

export type { MysqlConnection, MysqlPool } from '../../store-access/mysql-pool.js';
export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** Where the storage keeps its sessions. */
export interface MysqlCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-mysql` keeps, for
 * re-encrypting and copying them while the app serves. It compares and swaps with one `UPDATE`,
 * byte for byte: MySQL's own comparison takes texts that differ in case for equal.
 *
 * @param pool A pool of `mysql2/promise` on the storage's database; `disconnect` ends it.
 * @throws OptionInvalidError if `pool` is none, its charset is not utf8mb4, or an option is unknown or invalid.
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
  // The pool of plain mysql2 has the same methods, with callbacks.
  if (!isMysqlPool(pool) || 'promise' in pool) {
    throw new OptionInvalidError(
      'mysqlCatalog needs a pool of mysql2/promise; of one with callbacks, pass pool.promise().',
    );
  }
  const { sessionTableName, deadline } = catalogOptions('mysqlCatalog', options, {
    sessionTableName: 'shopify_sessions',
  });
  const calls = new StoreAccess('the MySQL database', deadline);
  return new SqlSessionCatalog(mysqlDatabase(pool, sessionTableName, calls));
}

const official = { expires: 'seconds', refreshTokenExpires: 'seconds' } as const;

function mysqlDatabase(pool: MysqlPool, table: string, calls: StoreAccess): SqlDatabase {
  const connections = mysqlConnections(pool, calls);
  const rows: SqlDatabase['rows'] = async (...statement) =>
    (await connections.run(...statement))[0] as Row[];
  const affected: SqlDatabase['change'] = async (...statement) =>
    Number(((await connections.run(...statement))[0] as Row).affectedRows);
  let isTransactional: boolean | undefined;
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
    dateAsText: mysqlDateAsText,
    collated: collatedMysql,
    equals: (column, parameter, kind) =>
      kind === 'text'
        ? `${mysqlBytes(column)} <=> ${mysqlBytes(parameter)}`
        : `${column} <=> ${parameter}`,
    columns: (read) => mysqlColumns(read, table),
    rows,
    // Rows found or rows changed, as the connection is set up: an update always changes something.
    change: affected,
    // INSERT IGNORE would also ignore what does not fit.
    canSkip: false,
    async insert({ into, rows: parameters, values }, _onTaken, signal) {
      const sql = `INSERT INTO ${into} VALUES ${parameters}`;
      return Array.from({ length: await affected(sql, values, signal) });
    },
    async rowsAtOnce(count, read) {
      isTransactional ??= await isMysqlTransactional(read, table);
      return isTransactional ? mysqlRowsAtOnce(count) : 0;
    },
    replaceRows: (batch, send) => replaceMysqlRows({ change: affected, rows }, table, batch, send),
    widen: (column, length) => widenMysqlColumn(table, column, length),
    estimate: (read) => estimateMysqlRows(read, table),
    isTooLong: (error) => codeOf(error) === 'ER_DATA_TOO_LONG',
    findings: (read) => mysqlFindings(read),
    end: () => endMysqlPool(pool),
  };
}
