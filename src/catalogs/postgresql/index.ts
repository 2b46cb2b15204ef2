// The catalog of @shopify/shopify-app-session-storage-postgresql.
import { OptionInvalidError } from '../../errors.js';
import { codeOf } from '../../safe-cause.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { StoreAccess } from '../../store-access/index.js';
import {
  isPostgresPool,
  type PostgresPool,
  postgresConnections,
} from '../../store-access/postgres-pool.js';
import { hiddenRows } from '../../store-access/row-security.js';
import { type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { dateFormats } from '../sql/date-columns.js';
import type { Row } from '../sql/session-row.js';
import { SqlSessionCatalog } from '../sql/sql-catalog.js';
import type { SqlDatabase } from '../sql/sql-database.js';
import type { StoredSession } from '../stored-session.js';
import { replacePostgresqlRows } from './postgresql-batch.js';
import {
  estimatePostgresqlRows,
  postgresqlColumns,
  postgresqlDateAsText,
  postgresqlDateTypes,
  qualifiedPostgresql,
  quotePostgresql,
  widenPostgresqlColumn,
} from './postgresql-table.js';

export type { PostgresClient, PostgresPool } from '../../store-access/postgres-pool.js';
export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** Where the storage keeps its sessions. */
export interface PostgresqlCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string | undefined;
  /** The schema of the table. Default: the first in the `search_path` that has it. */
  readonly schema?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-postgresql` keeps, for
 * re-encrypting and copying them while the app serves. It compares and swaps with one `UPDATE`,
 * which holds at every isolation level.
 *
 * @param pool A `pg.Pool` on the storage's database; `disconnect` ends it.
 * @throws OptionInvalidError if `pool` is none, or an option is unknown or invalid.
 *
 * @example
 * import pg from 'pg';
 * import { postgresqlCatalog } from 'shopify-app-session-storage-encrypted/postgresql';
 * export default postgresqlCatalog(new pg.Pool({ connectionString: process.env.DATABASE_URL }));
 */
export function postgresqlCatalog(
  pool: PostgresPool,
  options: PostgresqlCatalogOptions = {},
): SessionCatalog<StoredSession> {
  if (!isPostgresPool(pool)) {
    throw new OptionInvalidError(
      'postgresqlCatalog needs a pool of pg. In place of a single client, pass new pg.Pool({ max: 1 }).',
    );
  }
  const { sessionTableName, schema, deadline } = catalogOptions('postgresqlCatalog', options, {
    sessionTableName: 'shopify_sessions',
    schema: undefined,
  });
  const calls = new StoreAccess('the PostgreSQL database', deadline);
  return new SqlSessionCatalog(postgresqlDatabase(pool, sessionTableName, schema, calls));
}

/** With all columns, a quarter of the parameters that a statement may have. */
const rowsAtOnce = 1000;

const official = { expires: 'seconds', refreshTokenExpires: 'milliseconds' } as const;

function postgresqlDatabase(
  pool: PostgresPool,
  table: string,
  schema: string | undefined,
  calls: StoreAccess,
): SqlDatabase {
  const qualified = qualifiedPostgresql(table, schema);
  const shown = schema === undefined ? table : `${schema}.${table}`;
  passOverErrors(pool);
  const connections = postgresConnections(pool, calls);
  const rows: SqlDatabase['rows'] = async (...statement) =>
    (await connections.run(...statement)).rows as Row[];
  const change: SqlDatabase['change'] = async (sql, values, signal) =>
    (await rows(`${sql} RETURNING 1 AS done`, values, signal)).length;
  return {
    table: shown,
    quotedTable: qualified,
    calls,
    format: (columns) => ({
      ...dateFormats(columns, postgresqlDateTypes, official),
      flag: 'boolean',
      userId: 'number',
    }),
    quote: quotePostgresql,
    parameter: (position) => `$${position}`,
    collated: (parameter) => parameter,
    dateAsText: postgresqlDateAsText,
    // An explicit collation, for a column whose own takes different texts for equal.
    equals: (column, parameter, kind) =>
      `${column}${kind === 'text' ? ' COLLATE "C"' : ''} IS NOT DISTINCT FROM ${parameter}`,
    columns: (read) => postgresqlColumns(read, table, schema),
    rows,
    change,
    canSkip: true,
    async insert({ into, rows: parameters, values, id }, onTaken, signal) {
      const skip = onTaken === 'skip' ? 'ON CONFLICT DO NOTHING' : '';
      const sql = `INSERT INTO ${into} VALUES ${parameters} ${skip} RETURNING ${id} AS id`;
      return (await rows(sql, values, signal)).map((row) => row.id);
    },
    rowsAtOnce: async (count) => Math.min(count, rowsAtOnce),
    replaceRows: (batch, send) => replacePostgresqlRows(rows, qualified, batch, send),
    widen: (column, length) => widenPostgresqlColumn(table, column, length, schema),
    estimate: (read) => estimatePostgresqlRows(read, table, schema),
    isTooLong: (error) => codeOf(error) === '22001',
    findings: (read) => hiddenRows(read, qualified),
    end: () => pool.end(),
  };
}
