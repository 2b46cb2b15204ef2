// The catalog of @shopify/shopify-app-session-storage-sqlite.
import { OptionInvalidError } from '../errors.js';
import type { SessionCatalog } from '../reencryption/index.js';
import { type CatalogOptions, resolveOptions } from './catalog-options.js';
import type { Row } from './session-row.js';
import { type SqlDatabase, SqlSessionCatalog } from './sql-catalog.js';
import { StoreCalls } from './store-calls.js';
import type { StoredSession } from './stored-session.js';
import { takingTurns } from './taking-turns.js';

export type { CatalogOptions } from './catalog-options.js';
export type { StoredSession, StoredUser } from './stored-session.js';

/** A database of `sqlite3`, whose queries call back. */
interface CallbackDatabase {
  all(
    sql: string,
    values: unknown[],
    callback: (error: Error | null, rows: unknown[]) => void,
  ): unknown;
}

/** A database of `node:sqlite`, `better-sqlite3` or `libsql`. */
interface StatementDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: each driver has its own type for a parameter
  prepare(sql: string): { all(...values: any[]): unknown };
}

/** What is needed of a database of `sqlite3`, `node:sqlite`, `better-sqlite3` or `libsql`. */
export type SqliteDatabase = (CallbackDatabase | StatementDatabase) & { close?(): unknown };

/** Where the storage keeps its sessions. */
export interface SqliteCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-sqlite` keeps, for
 * re-encrypting and copying them while the app serves. Needs SQLite 3.35 of 2021 or later. SQLite
 * has one writer at a time, so it writes slowly enough for the app to have most of the time.
 *
 * @param database The storage's database; `disconnect` closes it.
 * @throws OptionInvalidError if `database` is none, or an option does not exist or means nothing.
 *
 * @example
 * import { DatabaseSync } from 'node:sqlite';
 * import { sqliteCatalog } from 'shopify-app-session-storage-encrypted/sqlite';
 * export default sqliteCatalog(new DatabaseSync('database.sqlite'));
 */
export function sqliteCatalog(
  database: SqliteDatabase,
  options: SqliteCatalogOptions = {},
): SessionCatalog<StoredSession> {
  const { sessionTableName, deadline } = resolveOptions(
    'sqliteCatalog',
    { ...options },
    { sessionTableName: 'shopify_sessions' },
  );
  const calls = new StoreCalls('the SQLite database', deadline, { isPassing: isBusy });
  return new SqlSessionCatalog(sqliteDatabase(database, sessionTableName, calls));
}

function sqliteDatabase(database: SqliteDatabase, table: string, calls: StoreCalls): SqlDatabase {
  const rows = rowsOf(database);
  const inTurn = takingTurns();
  const write = (sql: string, values: readonly unknown[]) => inTurn(() => rows(sql, values));
  return {
    table,
    calls,
    format: {
      expires: 'seconds',
      refreshTokenExpires: 'seconds',
      flag: 'number',
      userId: 'number',
    },
    quote,
    parameter: () => '?',
    collated: (parameter) => parameter,
    equals: (column, parameter, kind) =>
      `${column} IS ${parameter}${kind === 'text' ? ' COLLATE BINARY' : ''}`,
    async columns() {
      // SQLite has lengths in its column types, and does not mind them.
      const found = await rows('SELECT name FROM pragma_table_info(?)', [table]);
      return found.map(({ name }) => ({ name: String(name) }));
    },
    rows,
    // RETURNING tells of this statement alone; the number of changes is the connection's.
    update: async (sql, values) => (await write(`${sql} RETURNING 1 AS done`, values)).length,
    insert: async (sql, values) =>
      (await write(`${sql} ON CONFLICT DO NOTHING RETURNING 1 AS done`, values)).length === 1,
    widen: () => '',
    findings: async () => [],
    end: async () => {
      database.close?.();
    },
  };
}

/** Runs one statement with whichever of the drivers it is. */
function rowsOf(database: SqliteDatabase): SqlDatabase['rows'] {
  // A database of sqlite3 has `prepare` too, with callbacks.
  if (hasMethod(database, 'all')) {
    return (sql, values) =>
      new Promise((resolve, reject) => {
        database.all(sql, [...values], (error, rows) => {
          if (error === null || error === undefined) resolve(rows as Row[]);
          else reject(error);
        });
      });
  }
  if (hasMethod(database, 'prepare')) {
    return async (sql, values) => (await database.prepare(sql).all(...values)) as Row[];
  }
  throw new OptionInvalidError(
    'sqliteCatalog needs a database of sqlite3, node:sqlite, better-sqlite3 or libsql.',
  );
}

function hasMethod<Name extends 'all' | 'prepare'>(
  database: SqliteDatabase,
  name: Name,
): database is Extract<SqliteDatabase, Record<Name, unknown>> {
  const members = database as unknown as Readonly<Record<string, unknown>> | null | undefined;
  return typeof members?.[name] === 'function';
}

/** SQLite has one writer at a time. SQLITE_BUSY is 5, SQLITE_LOCKED 6: https://sqlite.org/rescode.html */
function isBusy(code: string, error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: unknown };
  return /^SQLITE_(BUSY|LOCKED)/.test(code) || [5, 6].includes(Number(errcode) & 0xff);
}

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
