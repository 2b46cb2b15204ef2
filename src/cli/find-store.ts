// Looks into a database for sessions, whichever storage keeps them. Reads only.
import { mysqlCatalog } from '../catalogs/mysql/index.js';
import { postgresqlCatalog } from '../catalogs/postgresql/index.js';
import { redisCatalog } from '../catalogs/redis/index.js';
import { sqliteCatalog } from '../catalogs/sqlite/index.js';
import { memberOf } from '../foreign-object.js';
import { SessionEncryptionError, StoreUnavailableError } from '../index.js';
import { drivers } from '../optional-packages/drivers.js';
import { exportOf, functionFrom, loadPackage } from '../optional-packages/load-package.js';
import { nodeBuiltin } from '../runtime/node-builtins.js';
import { safeCause } from '../safe-cause.js';
import type { Catalog } from './catalog-option.js';
import { chooseLayout, type FoundTable, type WantedLayout } from './store-layout.js';

/** How long a connection may take, in milliseconds. */
const connectTimeout = 10_000;

interface Database {
  tables(): Promise<FoundTable[]>;
  /** The catalog of a table of sessions; it closes the connection. */
  catalog(table: string): Catalog;
  close(): Promise<unknown>;
}

/**
 * The catalog of the sessions in a database, unless they are records of ours.
 *
 * @returns The catalog; or the table of our records, for `openSessionStorage`.
 * @throws {OptionInvalidError} No sessions are there, or in several places.
 * @throws {StoreUnavailableError} The database cannot be reached.
 */
export async function findSessions(
  option: string,
  url: string,
  wanted: WantedLayout,
): Promise<{ readonly catalog: Catalog } | { readonly records: string }> {
  let database: Database | undefined;
  try {
    database = await connect(url);
    const found = chooseLayout(option, await database.tables(), wanted);
    if (found.layout !== 'records') return { catalog: database.catalog(found.table) };
    await database.close();
    return { records: found.table };
  } catch (error) {
    await database?.close().catch(() => {});
    if (error instanceof SessionEncryptionError) throw error;
    throw new StoreUnavailableError('Sessions: the database cannot be looked into.', {
      cause: safeCause(error),
    });
  }
}

function connect(url: string): Promise<Database> {
  if (/^postgres/i.test(url)) return connectPostgres(url);
  if (/^(?:mysql|mariadb):/i.test(url)) return connectMysql(url.replace(/^mariadb:/i, 'mysql:'));
  return url.toLowerCase().startsWith('sqlite:') ? connectSqlite(url) : connectRedis(url);
}

async function connectPostgres(connectionString: string): Promise<Database> {
  const Pool = await functionFrom(drivers, 'pg', 'Pool');
  const options = {
    connectionString,
    connectionTimeoutMillis: connectTimeout,
    allowExitOnIdle: true,
  };
  const pool = Reflect.construct(Pool, [options]) as Parameters<typeof postgresqlCatalog>[0];
  pool.on?.('error', () => {});
  return {
    async tables() {
      const { rows } = await pool.query(
        `SELECT c.relname AS table, a.attname AS column FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped AND pg_table_is_visible(c.oid)
         AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
        [],
      );
      return tablesOf(rows);
    },
    catalog: (sessionTableName) => postgresqlCatalog(pool, { sessionTableName }),
    close: () => pool.end(),
  };
}

async function connectMysql(uri: string): Promise<Database> {
  const createPool = await functionFrom(drivers, 'mysql2/promise', 'createPool');
  const pool = Reflect.apply(createPool, undefined, [
    { uri, connectTimeout, charset: 'utf8mb4_bin' },
  ]) as Parameters<typeof mysqlCatalog>[0];
  return {
    async tables() {
      const [rows] = await pool.execute(
        'SELECT TABLE_NAME AS `table`, COLUMN_NAME AS `column` FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()',
        [],
      );
      return tablesOf(rows);
    },
    catalog: (sessionTableName) => mysqlCatalog(pool, { sessionTableName }),
    close: () => pool.end(),
  };
}

async function connectSqlite(url: string): Promise<Database> {
  const path = url.replace(/^sqlite:(\/\/)?/i, '').replace(/\?.*$/s, '');
  const Sqlite = memberOf(nodeBuiltin('node:sqlite' as 'node:fs'), 'DatabaseSync');
  const libsql = Sqlite ?? (await loadPackage(drivers, 'libsql'));
  const DatabaseClass = (Sqlite ?? exportOf(libsql, 'default') ?? libsql) as new (
    path: string,
  ) => Parameters<typeof sqliteCatalog>[0] & {
    prepare(sql: string): { all(): unknown };
    close(): unknown;
  };
  const database = new DatabaseClass(path);
  return {
    tables: async () =>
      tablesOf(
        database
          .prepare(
            `SELECT m.name AS "table", p.name AS "column" FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`,
          )
          .all(),
      ),
    catalog: (sessionTableName) => sqliteCatalog(database, { sessionTableName }),
    close: async () => database.close(),
  };
}

/** The records of a Redis are told by what their keys start with. */
const keysOf: Readonly<Record<string, FoundTable>> = {
  'shopify-session:id:*': { name: 'shopify_session_records', columns: ['key', 'value'] },
  'shopify_sessions_*': {
    name: 'shopify_sessions',
    columns: ['id', 'shop', 'isOnline', 'accessToken'],
  },
};

async function connectRedis(url: string): Promise<Database> {
  const createClient = await functionFrom(drivers, 'redis', 'createClient');
  const client = Reflect.apply(createClient, undefined, [
    { url, socket: { connectTimeout, reconnectStrategy: false } },
  ]) as Parameters<typeof redisCatalog>[0] & { connect(): Promise<unknown>; destroy?(): void };
  client.on?.('error', () => {});
  await client.connect();
  return {
    async tables() {
      const found = [];
      for (const [pattern, table] of Object.entries(keysOf)) {
        if (await hasKey((args) => (client as SendCommand).sendCommand(args), pattern))
          found.push(table);
      }
      return found;
    },
    catalog: () => redisCatalog(client),
    close: async () => client.destroy?.(),
  };
}

interface SendCommand {
  sendCommand(args: string[]): Promise<unknown>;
}

/** Whether a key of this pattern is there; every key is looked at if none is. */
async function hasKey(
  send: (args: string[]) => Promise<unknown>,
  pattern: string,
): Promise<boolean> {
  let cursor = '0';
  do {
    const reply = await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']);
    const [next, keys] = reply as [unknown, unknown[]];
    if (keys.length > 0) return true;
    cursor = String(next);
  } while (cursor !== '0');
  return false;
}

/** One row for each column becomes one table for each name. */
function tablesOf(rows: unknown): FoundTable[] {
  const columns = new Map<string, string[]>();
  for (const row of Array.isArray(rows) ? rows : []) {
    const table = String(memberOf(row, 'table'));
    columns.set(table, [...(columns.get(table) ?? []), String(memberOf(row, 'column'))]);
  }
  return [...columns].map(([name, names]) => ({ name, columns: names }));
}
