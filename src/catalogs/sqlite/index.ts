// The catalog of @shopify/shopify-app-session-storage-sqlite.
import { OptionInvalidError } from '../../errors.js';
import { hasMethods } from '../../foreign-object.js';
import type { SessionCatalog } from '../../session-catalog.js';
import { dueTime, NotSentError, StoreAccess } from '../../store-access/index.js';
import {
  inWriteTransaction,
  rowsOf,
  type StatementDatabase,
} from '../../store-access/sqlite-database.js';
import { type CatalogOptions, catalogOptions } from '../catalog-options.js';
import { byPlainName } from '../sql/column-names.js';
import { type DateTypes, dateFormats } from '../sql/date-columns.js';
import { replaceInOne, replaceInParts } from '../sql/row-batch.js';
import type { Row, RowFormat, Rows } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';
import { SqlSessionCatalog } from '../sql/sql-catalog.js';
import type { SqlDatabase } from '../sql/sql-database.js';
import { takingTurns } from '../sql/taking-turns.js';
import type { StoredSession } from '../stored-session.js';
import { quoteSqlite, sqliteBatch } from './sqlite-batch.js';

export type { StatementDatabase } from '../../store-access/sqlite-database.js';
export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** A database of `sqlite3`, whose queries call back. */
export interface CallbackDatabase {
  all(
    sql: string,
    values: unknown[],
    callback: (error: Error | null, rows: unknown[]) => void,
  ): unknown;
}

/** What is needed of a database of `sqlite3`, `node:sqlite`, `better-sqlite3` or `libsql`. */
export type SqliteDatabase = (CallbackDatabase | StatementDatabase) & { close?(): unknown };

/** Where the storage keeps its sessions. */
export interface SqliteCatalogOptions extends CatalogOptions {
  /** As given to the storage. Default: `shopify_sessions`. */
  readonly sessionTableName?: string | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-sqlite` keeps, for
 * re-encrypting and copying them while the app serves. Needs SQLite 3.35 of 2021 or later. SQLite
 * has one writer at a time, so it writes slowly enough for the app to have most of the time.
 *
 * @param database The storage's database; `disconnect` closes it.
 * @throws OptionInvalidError if `database` is none, or an option is unknown or invalid.
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
  const { sessionTableName, deadline } = catalogOptions('sqliteCatalog', options, {
    sessionTableName: 'shopify_sessions',
  });
  const calls = new StoreAccess('the SQLite database', deadline);
  return new SqlSessionCatalog(sqliteDatabase(database, sessionTableName, calls));
}

/** An app waits for the lock while they are written. */
const rowsAtOnce = 250;

/**
 * Holds for a statement that runs in time. What waits in `sqlite3`, behind a long query, is run whenever that
 * has ended; it then changes nothing. SQLite reads the clock when it has the lock. The parameter comes last.
 */
const isInTime = "julianday('now') <= ?";

/** As SQLite counts days. */
const julianDay = (milliseconds: number) => milliseconds / 86_400_000 + 2_440_587.5;

function sqliteDatabase(database: SqliteDatabase, table: string, calls: StoreAccess): SqlDatabase {
  const { rows, changing } = statementsOf(database);
  const inTurn = takingTurns();
  /** Runs a statement that ends in `isInTime`, and in what it returns. */
  const write: SqlDatabase['rows'] = (sql, values, signal) =>
    inTurn(async () => {
      const due = dueTime(signal);
      const found = await changing(sql, [...values, julianDay(due)]);
      // Not for what is stored.
      if (found.length === 0 && Date.now() > due) throw new NotSentError('It ran too late.');
      return found;
    }, signal);
  // RETURNING reports this statement alone; the number of changes is the connection's.
  const change: SqlDatabase['change'] = async (sql, values, signal) =>
    (await write(`${sql} AND ${isInTime} RETURNING 1 AS done`, values, signal)).length;
  return {
    table,
    quotedTable: quoteSqlite(table),
    calls,
    format: formatOf,
    quote: quoteSqlite,
    parameter: () => '?',
    collated: (parameter) => parameter,
    dateAsText: () => undefined,
    equals: (column, parameter, kind) =>
      `${column} IS ${parameter}${kind === 'text' ? ' COLLATE BINARY' : ''}`,
    async columns(read) {
      // SQLite has lengths in its column types, and does not mind them.
      const found = await read('SELECT name, type FROM pragma_table_info(?)', [table]);
      return found.map(({ name, type }) => ({ name: String(name), type: String(type) }));
    },
    rows,
    change,
    canSkip: true,
    async insert({ into, rows: parameters, values, id }, onTaken, signal) {
      // A table may say itself that a new row replaces others: neither of these lets it.
      const [insert, skip] =
        onTaken === 'skip' ? ['INSERT', 'ON CONFLICT DO NOTHING'] : ['INSERT OR ABORT', ''];
      const sql = `${insert} INTO ${into} SELECT * FROM (VALUES ${parameters}) WHERE ${isInTime} ${skip} RETURNING ${id} AS id`;
      return (await write(sql, values, signal)).map((row) => row.id);
    },
    rowsAtOnce: async (count) => Math.min(count, rowsAtOnce),
    replaceRows: (batch, send) =>
      replaceInParts(
        batch,
        () => rowsAtOnce,
        (part) => replaceInOne(sqliteBatch(table, part, isInTime), write, send),
      ),
    widen: () => '',
    // There is nothing cheaper than to count, which reads the smallest index.
    async estimate(read) {
      const [row] = await read(`SELECT COUNT(*) AS estimate FROM ${quoteSqlite(table)}`, []);
      return Number(row?.estimate ?? 0);
    },
    // SQLite does not mind how long a text is.
    isTooLong: () => false,
    findings: async () => [],
    end: async () => {
      database.close?.();
    },
  };
}

const official = { expires: 'seconds', refreshTokenExpires: 'seconds' } as const;

/** Drizzle's columns of dates are text, those of Prisma `DATETIME`. */
const dateTypes: DateTypes = new Map([
  ['text', 'text'],
  ['datetime', 'text or milliseconds'],
]);

/** Drizzle keeps user ids as bytes. */
function formatOf(columns: readonly ColumnFound[]): RowFormat {
  const isBytes = byPlainName(columns).get('userid')?.type?.toLowerCase() === 'blob';
  return {
    ...dateFormats(columns, dateTypes, official),
    flag: 'number',
    userId: isBytes ? 'digits' : 'number',
  };
}

/** How whichever of the drivers it is runs one statement, and one that writes. */
function statementsOf(database: SqliteDatabase): { readonly rows: Rows; readonly changing: Rows } {
  // A database of sqlite3 has `prepare` too, with callbacks.
  if (isCallbackDatabase(database)) {
    const rows: Rows = (sql, values) =>
      new Promise((resolve, reject) => {
        database.all(sql, [...values], (error, found) => {
          if (error === null || error === undefined) resolve(found as Row[]);
          else reject(error);
        });
      });
    return { rows, changing: rows };
  }
  if (hasMethods(database, 'prepare')) {
    const all = (sql: string, values: readonly unknown[]) => rowsOf(database, sql, values) as Row[];
    return {
      rows: async (sql, values) => all(sql, values),
      changing: async (sql, values) => inWriteTransaction(database, () => all(sql, values)),
    };
  }
  throw new OptionInvalidError(
    'sqliteCatalog needs a database of sqlite3, node:sqlite, better-sqlite3 or libsql.',
  );
}

function isCallbackDatabase(database: SqliteDatabase): database is CallbackDatabase {
  return hasMethods(database, 'all');
}
