// The front door of what is common to all that keeps sessions in Redis.

export { IoredisNodes } from './ioredis-nodes.js';
export { NodeRedisNodes } from './node-redis-nodes.js';
export { call, type RedisClientKind, redisClientKind } from './redis-client.js';
export { RedisCluster } from './redis-cluster.js';
export { type KeyPage, keysStartingWith, RedisCommands } from './redis-commands.js';
export { RedisConnection } from './redis-connection.js';
export { listOf, textOf } from './redis-replies.js';
export { type RedisScript, redisScript } from './redis-script.js';
export { type RedisSource, redisSource } from './redis-source.js';
