// Finds the Redis client of a Keyv adapter.
//
// The adapter's own get and set hide failures, its client waits for ever when a connection goes
// silent, and what waits in its queue is sent whenever the server is back.
import { hasMembers, type Members } from '../foreign-object.js';
import { redisClientKind } from '../store-access/redis/index.js';

/** The client of `@keyv/redis` or `@keyv/valkey`: by what it can do, as its class may be any copy. */
export function redisClientOf(adapter: Members): Members | undefined {
  // An older or newer adapter may call it otherwise: `client` of @keyv/redis, `redis` of @keyv/valkey.
  for (const client of [adapter.client, adapter.redis]) {
    if (hasMembers(client) && redisClientKind(client) !== undefined) return client;
  }
  return undefined;
}
