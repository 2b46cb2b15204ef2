// The front door of what is common to all that keeps sessions in Redis.
export { call, type RedisClientKind, redisClientKind } from './redis-client.js';
export {
  type KeyPage,
  keysStartingWith,
  listOf,
  RedisCommands,
  type RedisSource,
  textOf,
} from './redis-commands.js';
export { RedisConnection } from './redis-connection.js';
export { type RedisScript, redisScript } from './redis-script.js';
