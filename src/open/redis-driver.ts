// Redis and Valkey through `redis` (node-redis): a client of our own for each storage, or the app's.
import { RedisStore } from '../atomic-store/index.js';
import { hasMembers, type Members } from '../foreign-object.js';
import { drivers } from '../optional-packages/drivers.js';
import { functionFrom } from '../optional-packages/load-package.js';
import type { StoreAccess } from '../store-access/index.js';
import {
  connectionLike,
  keyPrefixOf,
  ownClientOptions,
  RedisConnection,
} from '../store-access/redis/index.js';

/** @param target A URL, or the app's own client. */
export function openRedis(target: string | Members, access: StoreAccess): RedisStore {
  if (typeof target !== 'string') {
    return new RedisStore(connectionLike(target, access, { isShared: true }), keyPrefixOf(target));
  }
  const make = async (): Promise<Members> => {
    const createClient = await functionFrom(drivers, 'redis', 'createClient');
    const options = { url: target, ...ownClientOptions({}, access.deadline) };
    const client: unknown = Reflect.apply(createClient, undefined, [options]);
    return hasMembers(client) ? client : {};
  };
  return new RedisStore(new RedisConnection({ kind: 'client', make, access }));
}
