// A session storage from a URL, or from a client, pool or database that the app has already.
import { type AtomicStore, MapStore } from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers, typeName } from '../foreign-object.js';
import {
  type InstalledSession,
  type RecordBackend,
  RecordSessionStorage,
} from '../keyv-session-storage/index.js';
import type { SessionLike } from '../session.js';
import type { StoreAccess } from '../store-access/index.js';
import { isMysqlPool } from '../store-access/mysql-pool.js';
import { isPostgresPool } from '../store-access/postgres-pool.js';
import { redisClientKind } from '../store-access/redis/index.js';
import type { StoreKind } from '../store-url.js';
import { openMysql } from './mysql-driver.js';
import {
  type OpenSessionStorageOptions,
  type ResolvedOpenOptions,
  resolveOpenOptions,
} from './open-options.js';
import { parseStoreUrl } from './parse-store-url.js';
import { openPostgres } from './postgres-driver.js';
import { openRedis } from './redis-driver.js';
import { isCallbackDatabase, isSqliteDatabase, openSqlite } from './sqlite-driver.js';

/** What `openSessionStorage` opens: a session storage, and a session catalog. */
export class OpenedSessionStorage<
  S extends SessionLike = InstalledSession,
> extends RecordSessionStorage<S> {}

/**
 * Opens a session storage. It stores tokens as given: wrap it in `EncryptedSessionStorage`. Nothing is
 * connected, and no file or table made, before it is needed.
 *
 * | URL | store | package to install |
 * |---|---|---|
 * | `memory:` | this process's memory | |
 * | `sqlite:sessions.db`, `sqlite:///var/lib/sessions.db`, `sqlite::memory:` | a file | `libsql` on Node before 22.13 |
 * | `redis://user:password@host:6379/0`, `rediss:` (TLS) | Redis, Valkey | `redis` |
 * | `postgres://user:password@host:5432/database` | PostgreSQL | `pg` |
 * | `mysql://user:password@host:3306/database` | MySQL, MariaDB | `mysql2` |
 *
 * @param store The URL, whose query may hold `deadline`, `prefix`, `table` and `schema`; other
 * parameters are left to the driver (`?sslmode=verify-full`). Or a pool of `pg` or `mysql2`, or a database of
 * `node:sqlite`, `better-sqlite3` or `libsql`: it is used, and never closed. Or a client, cluster client or
 * pool of `redis`, whose settings are used, for connections that `disconnect` closes and that do not keep the
 * process alive. Only a sentinel client is used itself, and never closed.
 * @param options As of `KeyvSessionStorage`, and `table` and `schema`. They go before those of the URL.
 * @throws OptionInvalidError if the URL cannot be read or is of another kind; it is not repeated, as it
 * may hold a password. So it does for an option that does not exist, is invalid or would do nothing there.
 *
 * @example
 * import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
 * const storage = openSessionStorage('sqlite:sessions.db');
 */
export function openSessionStorage<S extends SessionLike = InstalledSession>(
  store: string | object,
  options: OpenSessionStorageOptions<S> = {},
): OpenedSessionStorage<S> {
  const isUrl = typeof store === 'string' || store instanceof URL;
  const { kind, fromUrl = {}, open } = isUrl ? storeAt(String(store)) : storeOver(store);
  const resolved = resolveOpenOptions(options, fromUrl, kind);
  const backend = (access: StoreAccess): RecordBackend => {
    const opened = open(resolved, access);
    return { store: opened, namespace: undefined, close: async () => opened.close?.() };
  };
  return new OpenedSessionStorage<S>(backend, resolved);
}

/** A store that is to be opened. */
interface UnopenedStore {
  readonly kind: StoreKind;
  /** The options that its URL holds. */
  readonly fromUrl?: Readonly<Record<string, unknown>>;
  open(options: ResolvedOpenOptions, access: StoreAccess): AtomicStore;
}

function storeAt(text: string): UnopenedStore {
  const { kind, url, options: fromUrl } = parseStoreUrl(text);
  const openers: Readonly<Record<StoreKind, UnopenedStore['open']>> = {
    memory: () => new MapStore(new Map()),
    sqlite: (options) => openSqlite(url, options),
    redis: (_, access) => openRedis(url, access),
    postgres: (options, access) => openPostgres(url, options, access),
    mysql: (options, access) => openMysql(url, options, access),
  };
  return { kind, fromUrl, open: openers[kind] };
}

function storeOver(store: unknown): UnopenedStore {
  if (store instanceof Map) return { kind: 'memory', open: () => new MapStore(store) };
  if (isPostgresPool(store)) {
    return { kind: 'postgres', open: (...how) => openPostgres(store, ...how) };
  }
  if (isMysqlPool(store)) return { kind: 'mysql', open: (...how) => openMysql(store, ...how) };
  if (isSqliteDatabase(store)) {
    return { kind: 'sqlite', open: (options) => openSqlite(store, options) };
  }
  if (hasMembers(store) && redisClientKind(store) !== undefined) {
    return { kind: 'redis', open: (_, access) => openRedis(store, access) };
  }
  throw new OptionInvalidError(
    `openSessionStorage takes a URL, a client of redis, a pool of pg or mysql2, or a database of node:sqlite, better-sqlite3 or libsql, but was given ${isCallbackDatabase(store) ? 'one of sqlite3' : typeName(store)}.`,
  );
}
