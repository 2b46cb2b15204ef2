// Looks for sessions in a PostgreSQL database.
import { postgresqlCatalog } from '../../catalogs/postgresql/index.js';
import { qualifiedPostgresql } from '../../catalogs/postgresql/postgresql-table.js';
import { memberOf } from '../../foreign-object.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { hiddenRows } from '../../store-access/row-security.js';
import {
  anyRow,
  connectTimeout,
  type Database,
  prefixesOf,
  prefixesQuery,
  type RecordSql,
  tablesOf,
} from './database.js';

/** Tables that are found without their schema have none here, unless one is named. Only what the role may use. */
const tables = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) AND $1::text IS NULL THEN NULL ELSE n.nspname::text END AS schema,
    n.nspname::text AS home, c.relname::text AS table, a.attname::text AS column,
    ARRAY(
      SELECT concat(rn.nspname, '.', r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
      WHERE has_table_privilege(r.oid, 'SELECT') AND r.oid IN (
        SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid
        UNION SELECT d.refobjid FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
          AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
        WHERE w.ev_class = c.oid AND c.relkind = 'v' AND d.refobjid <> c.oid)) AS reads
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND has_schema_privilege(n.oid, 'USAGE')
  ORDER BY n.nspname, c.relname, a.attnum`;

/** By when it was started, to the microsecond: a clone of a server has all its names, and may be copied from. */
const identity = `
  SELECT current_database()::text AS database,
    (EXTRACT(EPOCH FROM pg_postmaster_start_time()) * 1000000)::bigint::text AS start`;

const records: RecordSql = {
  key: 'key',
  parameter: '$1',
  position: 'strpos',
  text: (column) => `CAST(${column} AS text)`,
};

/** @param schema That of the app's table, as Prisma's URLs say it too. */
export async function connectPostgres(
  connectionString: string,
  schema: string | undefined,
  deadline: number,
): Promise<Database> {
  const Pool = await functionFrom(drivers, 'pg', 'Pool');
  const options = {
    connectionString,
    connectionTimeoutMillis: connectTimeout,
    allowExitOnIdle: true,
  };
  const pool = Reflect.construct(Pool, [options]) as Parameters<typeof postgresqlCatalog>[0] & {
    query(
      sql: string,
      values: unknown[],
    ): Promise<{ readonly rows: Readonly<Record<string, unknown>>[] }>;
  };
  passOverErrors(pool);
  const rowsOf = async (sql: string, values: readonly unknown[]) =>
    (await pool.query(sql, [...values])).rows;
  const mayHide = async (table: string) => (await hiddenRows(rowsOf, table)).length > 0;
  return {
    async name() {
      const [row] = await rowsOf('SELECT current_database()::text AS name', []);
      return memberOf(row, 'name');
    },
    identity: async () => (await rowsOf(identity, []))[0],
    tables: async () => tablesOf(await rowsOf(tables, [schema ?? null])),
    async holdsSessions({ table, home }) {
      const name = qualifiedPostgresql(table, home);
      return (await rowsOf(anyRow(name), [])).length > 0 || (await mayHide(name));
    },
    async recordPrefixes({ table, home }, except) {
      const name = qualifiedPostgresql(table, home);
      const prefixes = prefixesOf(await rowsOf(...prefixesQuery(name, except, records)));
      // The catalog of the chosen table has a finding about its own.
      const isHidden = prefixes.length === 0 && except === undefined && (await mayHide(name));
      return isHidden ? [undefined] : prefixes;
    },
    catalog: ({ table, schema: found }) =>
      postgresqlCatalog(pool, {
        sessionTableName: table,
        deadline,
        ...(found === undefined ? {} : { schema: found }),
      }),
    close: () => pool.end(),
  };
}
