// The front door of what is common to all that keeps sessions in Redis.

export { connectionLike, ownClientOptions } from './connection-like.js';
export { isIoredis, keyPrefixOf, redisClientKind } from './redis-client.js';
export { evictions, type KeyPage, keysStartingWith, RedisCommands } from './redis-commands.js';
export { RedisConnection } from './redis-connection.js';
export { listOf, textOf } from './redis-replies.js';
export { redisScript } from './redis-script.js';
export type { RedisSource } from './redis-source.js';
