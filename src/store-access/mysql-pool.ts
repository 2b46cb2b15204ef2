// A pool of `mysql2`.
import { OptionInvalidError } from '../errors.js';
import { hasMethods, memberOf } from '../foreign-object.js';
import { codeOf } from '../safe-cause.js';
import { PoolConnections } from './pool-connections.js';
import type { StoreAccess } from './store-access.js';

/** What is needed of a pool of `mysql2/promise`. */
export interface MysqlPool {
  getConnection(): Promise<MysqlConnection>;
  end(): Promise<void>;
}

/** What is needed of a connection of such a pool. */
export interface MysqlConnection {
  /** The connection itself, where this wraps it. */
  readonly connection?: object;
  // biome-ignore lint/suspicious/noExplicitAny: mysql2's types of a parameter differ by release
  execute(options: any): Promise<[unknown, unknown]>;
  release(): void;
  destroy(): void;
}

/** The form in which rows are read, whatever the app's pool has been told. */
const rowForm = { rowsAsArray: false, nestTables: false, typeCast: true };

/** How many connections a pool of `mysql2` has unless it is told. */
const defaultSize = 10;

/**
 * Whether `value` is a pool of `mysql2`, with promises or with callbacks. One of the package `mariadb`, which
 * has `batch`, answers in another form.
 */
export function isMysqlPool(value: unknown): value is MysqlPool {
  return hasMethods(value, 'getConnection', 'execute', 'end') && !hasMethods(value, 'batch');
}

/**
 * Options of a new pool: what its URL says, and `defaults` where that says nothing. mysql2 itself lets what
 * stands beside a URL go before it.
 */
export function mysqlPoolOptions(uri: string, defaults: Readonly<Record<string, unknown>>): object {
  const { searchParams } = new URL(uri);
  const missing = Object.entries(defaults).filter(([name]) => !searchParams.has(name));
  return { uri, ...Object.fromEntries(missing) };
}

/**
 * Ends a pool. mysql2 rejects with the error of a connection that fails while it is opened or closed: it is closed
 * then, as all others are.
 */
export function endMysqlPool(pool: MysqlPool): Promise<void> {
  return pool.end().catch(() => {});
}

/** Whether MySQL has the number for a collation of utf8mb4. mysql2 keeps no name. */
const isUtf8mb4 = (collation: number) =>
  [45, 46].includes(collation) || (collation >= 224 && collation <= 247) || collation >= 255;

/** The error for a charset with which mysql2 would store other letters than those of a session, or fail at such. */
export function wrongCharset(option: string): OptionInvalidError {
  return new OptionInvalidError(
    `${option} must be utf8mb4 or one of its collations: others have no place for every letter.`,
  );
}

/** @throws {OptionInvalidError} The pool has a charset that would change letters. */
export function mysqlConnections(
  pool: MysqlPool,
  access: StoreAccess,
): PoolConnections<MysqlConnection, [unknown, unknown]> {
  // A pool with promises has one with callbacks inside.
  const config = memberOf(memberOf(pool, 'pool') ?? pool, 'config');
  const charset = memberOf(memberOf(config, 'connectionConfig'), 'charsetNumber');
  if (charset !== undefined && !isUtf8mb4(Number(charset))) {
    throw wrongCharset("The charset of mysql2's pool");
  }
  const size = Number(memberOf(config, 'connectionLimit'));
  return new PoolConnections(
    {
      size: size > 0 ? size : defaultSize,
      take: () => pool.getConnection(),
      // Prepared statements: what is interpolated depends on the server's sql_mode, and ends up in errors.
      execute: (connection, sql, values) =>
        connection.execute({ ...rowForm, sql, values: [...values] }),
      // A pool with promises wraps a connection again each time that it is taken.
      identityOf: (connection) => connection.connection ?? connection,
      giveBack(connection, isBroken) {
        if (isBroken) connection.destroy();
        else connection.release();
      },
      isOfConnection,
      isReadOnly: (error) => codeOf(error) === 'ER_OPTION_PREVENTS_STATEMENT',
    },
    access,
  );
}

/**
 * Whether the connection is lost, or is about to be closed, as after a packet that was too large
 * (SQLSTATE class 08), KILL (70100), or when MySQL ends it as idle, which has no SQLSTATE of its own.
 */
function isOfConnection(error: unknown): boolean {
  const state = memberOf(error, 'sqlState');
  if (state === undefined || codeOf(error) === 'ER_CLIENT_INTERACTION_TIMEOUT') return true;
  return /^(08|70100)/.test(String(state));
}
