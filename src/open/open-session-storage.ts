// A session storage from a URL: picks the Keyv adapter and loads it when it is first needed.
import { OptionInvalidError } from '../errors.js';
import {
  type InstalledSession,
  type KeyvLike,
  KeyvSessionStorage,
  type KeyvSessionStorageOptions,
} from '../keyv-session-storage/index.js';
import type { SessionLike } from '../session.js';
import { assertReadableUrl } from '../store-url.js';
import { constructorFrom } from './optional-package.js';
import { SqliteAdapter } from './sqlite-adapter.js';

/**
 * Opens a session storage. It stores tokens as given: wrap it in `EncryptedSessionStorage`.
 *
 * | URL | store | packages to install |
 * |---|---|---|
 * | `memory:` | this process's memory | `keyv` |
 * | `sqlite:sessions.db`, `sqlite:///var/lib/app/sessions.db`, `sqlite::memory:` | a file | `keyv`, and `libsql` on Node before 22.13 |
 * | `redis://user:password@host:6379/0`, `rediss:` (TLS) | Redis | `keyv`, `@keyv/redis` |
 * | `postgres://user:password@host:5432/database` | PostgreSQL | `keyv`, `@keyv/postgres` |
 *
 * @param url The store. An optional query is left to the driver (`?sslmode=require`).
 * @param options As of `KeyvSessionStorage`.
 * @throws OptionInvalidError if the URL is none or of another kind; it is not repeated, as it may
 * hold a password.
 * @throws PackageMissingError if the adapter is not installed.
 *
 * @example
 * import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
 * const storage = openSessionStorage('sqlite:sessions.db');
 */
export function openSessionStorage<S extends SessionLike = InstalledSession>(
  url: string,
  options: KeyvSessionStorageOptions<S> = {},
): KeyvSessionStorage<S> {
  const scheme = /^([a-z]+):/i.exec(String(url))?.[1]?.toLowerCase();
  assertReadableUrl(String(url));
  return new KeyvSessionStorage<S>(keyvFor(scheme, String(url)), options);
}

function keyvFor(scheme: string | undefined, url: string): KeyvLike {
  switch (scheme) {
    case 'memory':
      return newKeyv(new Map());
    case 'sqlite':
      return newKeyv(new SqliteAdapter(sqlitePath(url)));
    case 'redis':
    case 'rediss':
      return newKeyv(newRedisAdapter(url));
    case 'postgres':
    case 'postgresql':
      return newKeyv(newPostgresAdapter(url));
    default:
      throw new OptionInvalidError(
        'The URL of a session store starts with redis:, rediss:, postgres:, sqlite: or memory:.',
      );
  }
}

/** The path in `sqlite:path` or `sqlite://path`; an absolute one has a third slash. */
function sqlitePath(url: string): string {
  const path = url.replace(/^sqlite:(\/\/)?/i, '');
  if (path !== '') return path;
  throw new OptionInvalidError(
    'The URL of a SQLite store names a file, such as sqlite:sessions.db, or is sqlite::memory:.',
  );
}

function newKeyv(store: object): KeyvLike {
  const Keyv = constructorFrom('keyv', 'Keyv');
  return Reflect.construct(Keyv, [{ store }]);
}

function newRedisAdapter(url: string): object {
  const KeyvRedis = constructorFrom('@keyv/redis', 'default');
  // A server that is down is then an error at once, and the next call connects again; with the
  // defaults commands would wait in a queue and be written whenever the server is back.
  const client = { url, disableOfflineQueue: true, socket: { reconnectStrategy: false } };
  return Reflect.construct(KeyvRedis, [client]);
}

function newPostgresAdapter(url: string): object {
  const KeyvPostgres = constructorFrom('@keyv/postgres', 'default');
  return Reflect.construct(KeyvPostgres, [{ uri: url }]);
}
