// Looks for sessions in a PostgreSQL database.
import { postgresqlCatalog } from '../../catalogs/postgresql/index.js';
import { qualifiedPostgresql } from '../../catalogs/postgresql/postgresql-table.js';
import { memberOf } from '../../foreign-object.js';
import { drivers } from '../../optional-packages/drivers.js';
import { functionFrom } from '../../optional-packages/load-package.js';
import { passOverErrors } from '../../store-access/client-errors.js';
import { anySession, connectTimeout, type Database, tablesOf } from './database.js';

/** Tables that are found without their schema have none here, unless one is named. Only what the role may use. */
const tables = `
  SELECT CASE WHEN pg_table_is_visible(c.oid) AND $1::text IS NULL THEN NULL ELSE n.nspname::text END AS schema,
    n.nspname::text AS home, c.relname::text AS table, a.attname::text AS column
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
    query(sql: string, values: unknown[]): Promise<{ readonly rows: unknown[] }>;
  };
  passOverErrors(pool);
  return {
    async name() {
      const { rows } = await pool.query('SELECT current_database()::text AS name', []);
      return memberOf(rows[0], 'name');
    },
    identity: async () => (await pool.query(identity, [])).rows[0],
    tables: async () => tablesOf((await pool.query(tables, [schema ?? null])).rows),
    async holdsSessions(place) {
      const name = qualifiedPostgresql(place.table, place.home);
      return (await pool.query(anySession(name, place, 'key', 'text'), [])).rows.length > 0;
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
