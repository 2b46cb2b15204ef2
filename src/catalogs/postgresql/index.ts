// The catalog of @shopify/shopify-app-session-storage-postgresql.
import { codeOf } from '../../safe-cause.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { StoreAccess } from '../../store-access/index.js';
import { assertMethods, type CatalogOptions, resolveOptions } from '../catalog-options.js';
import { dateFormats } from '../sql/date-columns.js';
import type { Row } from '../sql/session-row.js';
import { type SqlDatabase, SqlSessionCatalog } from '../sql/sql-catalog.js';
import type { StoredSession } from '../stored-session.js';
import { postgresqlBatch } from './postgresql-batch.js';
import {
  estimatePostgresqlRows,
  postgresqlColumns,
  postgresqlDateTypes,
  qualifiedPostgresql,
  quotePostgresql,
  widenPostgresqlColumn,
} from './postgresql-table.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** What is needed of a pool, or of a single client, of `pg`. */
export interface PostgresqlPool {
  query(
    text: string,
    values: unknown[],
  ): Promise<{ readonly rows: object[]; readonly rowCount: number | null }>;
  end(): Promise<void>;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where the storage keeps its sessions. */
export interface PostgresqlCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string;
  /** The schema of the table. Default: the first in the `search_path` that has it. */
  readonly schema?: string;
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
  pool: PostgresqlPool,
  options: PostgresqlCatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertMethods(pool, ['query', 'end'], 'postgresqlCatalog needs a pool of pg.');
  const { sessionTableName, schema, deadline } = resolveOptions(
    'postgresqlCatalog',
    { ...options },
    { sessionTableName: 'shopify_sessions', schema: undefined },
  );
  // Without a listener, a restart of the server while the pool is idle would end the process. The
  // next query meets the failure as well.
  pool.on?.('error', () => {});
  const calls = new StoreAccess('the PostgreSQL database', deadline);
  return new SqlSessionCatalog(postgresqlDatabase(pool, sessionTableName, schema, calls));
}

const official = { expires: 'seconds', refreshTokenExpires: 'milliseconds' } as const;

function postgresqlDatabase(
  pool: PostgresqlPool,
  table: string,
  schema: string | undefined,
  calls: StoreAccess,
): SqlDatabase {
  const qualified = qualifiedPostgresql(table, schema);
  const shown = schema === undefined ? table : `${schema}.${table}`;
  const query = (sql: string, values: readonly unknown[]) => pool.query(sql, [...values]);
  const rows = async (sql: string, values: readonly unknown[]) =>
    (await query(sql, values)).rows as Row[];
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
    asText: (column) => `${column}::text`,
    // An explicit collation, for a column whose own takes different texts for equal.
    equals: (column, parameter, kind) =>
      `${column}${kind === 'text' ? ' COLLATE "C"' : ''} IS NOT DISTINCT FROM ${parameter}`,
    columns: () => postgresqlColumns(rows, table, schema),
    rows,
    update: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
    insert: async (sql, values) =>
      (await query(`${sql} ON CONFLICT DO NOTHING`, values)).rowCount === 1,
    remove: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
    async replaceRows(batch) {
      const { sql, values } = postgresqlBatch({ table: qualified, quote: quotePostgresql }, batch);
      return (await rows(sql, values)).map(({ id }) => String(id));
    },
    widen: (column, length) => widenPostgresqlColumn(table, column, length, schema),
    estimate: () => estimatePostgresqlRows(rows, table, schema),
    isTooLong: (error) => codeOf(error) === '22001',
    findings: async () => [],
    end: () => pool.end(),
  };
}
