// What is needed of a client of node-redis.
import { isIoredis } from '../../store-access/redis/index.js';
import { assertMethods } from '../catalog-options.js';

/** What is needed of a client made by `createClient` of `redis`. */
export interface RedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  duplicate(): unknown;
  readonly isOpen?: boolean;
  close?(): unknown;
  quit?(): unknown;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** What is needed of a cluster client made by `createCluster` of `redis`. */
export interface RedisClusterClient {
  readonly masters: readonly object[];
  // biome-ignore lint/suspicious/noExplicitAny: its parameter is one of `masters`
  nodeClient(node: any): unknown;
  sendCommand(firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  duplicate(): unknown;
  readonly isOpen?: boolean;
  close?(): unknown;
  quit?(): unknown;
  on?(event: 'error', listener: (error: Error) => void): unknown;
}

/** @throws {OptionInvalidError} It is not a client of node-redis: one that descends from ioredis is not. */
export function assertRedisClient(client: unknown): void {
  // Those have methods of these names that take something else.
  assertMethods(
    isIoredis(client) ? undefined : client,
    ['sendCommand', 'duplicate'],
    'redisCatalog needs a client of redis 4, 5 or 6.',
  );
}
