// Which compare-and-swap fits the adapter behind a Keyv.
import {
  type AtomicStore,
  LockedStore,
  MadeTable,
  MapStore,
  PostgresStore,
  RedisStore,
  SqliteStore,
} from '../atomic-store/index.js';
import { OptionInvalidError } from '../errors.js';
import { hasMembers, hasMethods, type Members } from '../foreign-object.js';
import type { StoreAccess } from '../store-access/index.js';
import { Limiter } from '../store-access/limiter.js';
import { postgresPoolSize } from '../store-access/postgres-pool.js';
import { connectionLike, keyPrefixOf, redisClientKind } from '../store-access/redis/index.js';
import type { SqlRow, SqlRunner } from '../store-access/sql-runner.js';
import { warnOnce } from '../warning.js';
import { type CheckedKeyv, storageAdapterOf } from './keyv-like.js';

interface SqlAdapter extends Members {
  query(sql: string, ...values: unknown[]): Promise<unknown>;
}

/** The compare-and-swap of the adapter behind `keyv`. */
export function atomicStoreOf(keyv: CheckedKeyv, access: StoreAccess): AtomicStore {
  const adapter = storageAdapterOf(keyv);
  if (adapter instanceof Map) return new MapStore(adapter);
  // Not through the adapter, which hides failures. Its client is `client` in @keyv/redis, `redis` in
  // @keyv/valkey, and known by what it can do, as its class may be any copy.
  const client = [adapter.client, adapter.redis].filter(hasMembers).find(redisClientKind);
  if (client !== undefined) {
    return new RedisStore(connectionLike(client, access), keyPrefixOf(client));
  }
  if (hasQuery(adapter)) {
    const kind = sqlKindOf(adapter);
    if (kind === 'postgres') return postgresStore(adapter, access);
    if (kind === 'sqlite') return sqliteStore(adapter);
  }
  assertFaithful(adapter);
  return new LockedStore(adapter);
}

/**
 * Adapters that lose what they are given.
 *
 * @throws OptionInvalidError It is one of them.
 */
function assertFaithful(adapter: Members): void {
  const { dialect } = settingsOf(adapter);
  if (dialect === 'mysql') {
    throw new OptionInvalidError(
      "@keyv/mysql takes keys that differ in case for one, and cuts off long values. Use openSessionStorage('mysql://…') instead.",
    );
  }
  if (dialect === 'dynamo') {
    throw new OptionInvalidError(
      '@keyv/dynamo lets every record expire after six hours. Wrap DynamoDBSessionStorage of @shopify/shopify-app-session-storage-dynamodb instead.',
    );
  }
}

/** The settings of an SQL adapter: `opts` in those for Keyv 5, members in those for Keyv 6. */
function settingsOf(adapter: Members): Members {
  return hasMembers(adapter.opts) ? adapter.opts : adapter;
}

function hasQuery(adapter: Members): adapter is SqlAdapter {
  return hasMethods(adapter, 'query');
}

function sqlKindOf(adapter: Members): 'postgres' | 'sqlite' | undefined {
  const { dialect, uri } = settingsOf(adapter);
  if (dialect === 'postgres' || /^postgres(ql)?:/.test(String(uri))) return 'postgres';
  return dialect === 'sqlite' || String(uri).startsWith('sqlite:') ? 'sqlite' : undefined;
}

/**
 * `@keyv/postgres` hides its pool, and what the pool queues is sent whenever it has a connection. So
 * no more is handed to it than it has connections.
 */
function postgresStore(adapter: SqlAdapter, access: StoreAccess): AtomicStore {
  warnOnce(
    "@keyv/postgres ends the process when the server closes one of its idle connections, as in a restart. openSessionStorage('postgres://…') does not.",
    'SESSION_STORE_POSTGRES',
  );
  const { schema, table, max } = settingsOf(adapter);
  // Unquoted, as the adapter writes it when it creates the table: a capital letter means the same.
  const name = `${schema ?? 'public'}.${table ?? 'keyv'}`;
  const runner = adapterRunner((sql, values) => adapter.query(sql, values));
  const limiter = new Limiter(postgresPoolSize(max), (milliseconds) =>
    access.report({ type: 'wait', store: access.name, milliseconds }),
  );
  const limited: SqlRunner = {
    query: (sql, values, signal) => limiter.run(() => runner.query(sql, values, signal), signal),
  };
  return new PostgresStore(limited, name, tableOf(adapter, name, limited));
}

function sqliteStore(adapter: SqlAdapter): AtomicStore {
  const name = String(settingsOf(adapter).table ?? 'keyv');
  const runner = adapterRunner((sql, values) => adapter.query(sql, ...values));
  return new SqliteStore(runner, name, tableOf(adapter, name, runner));
}

/** The adapter makes its table once, when it is made itself; the server may have been down then. */
function tableOf(adapter: SqlAdapter, name: string, runner: SqlRunner): MadeTable {
  const keySize = Number(settingsOf(adapter).keySize ?? 255);
  const create = `CREATE TABLE IF NOT EXISTS ${name} (key VARCHAR(${keySize}) PRIMARY KEY, value TEXT)`;
  const make = (signal: AbortSignal) => runner.query(create, [], signal);
  return new MadeTable(`table ${name} in the database`, make);
}

function adapterRunner(
  query: (sql: string, values: readonly unknown[]) => Promise<unknown>,
): SqlRunner {
  return {
    async query(sql, values, signal) {
      signal.throwIfAborted();
      const rows: unknown = await query(sql, values);
      // Some adapters answer nothing to a statement that makes a table.
      return Array.isArray(rows) ? (rows as SqlRow[]) : [];
    },
  };
}
