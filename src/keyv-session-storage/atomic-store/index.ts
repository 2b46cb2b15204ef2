// The front door of the backends: which compare-and-swap fits a Keyv.
import { type KeyvLike, type Members, storageAdapterOf } from '../keyv-like.js';
import type { AtomicStore } from './atomic-store.js';
import { LockedStore } from './locked-store.js';
import { MapStore } from './map-store.js';
import { isPostgresAdapter, PostgresStore } from './postgres-store.js';
import { isRedisAdapter, RedisStore } from './redis-store.js';
import { isSqliteAdapter, SqliteStore } from './sqlite-store.js';

export type { Swap } from './atomic-store.js';
export { BoundedStore, StoreFailure } from './bounded-store.js';

/** The compare-and-swap of the adapter behind `keyv`. */
export function atomicStoreOf(keyv: KeyvLike): AtomicStore {
  const adapter: Members = storageAdapterOf(keyv);
  if (isRedisAdapter(adapter)) return new RedisStore(adapter);
  if (isPostgresAdapter(adapter)) return new PostgresStore(adapter);
  if (isSqliteAdapter(adapter)) return new SqliteStore(adapter);
  if (adapter instanceof Map) return new MapStore(adapter);
  return new LockedStore(adapter);
}
