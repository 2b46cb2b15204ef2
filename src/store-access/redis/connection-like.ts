// Connections of our own to Redis, in the settings of a client that an app has.
import { hasMembers, hasMethods, type Members } from '../../foreign-object.js';
import type { StoreAccess } from '../store-access.js';
import { IoredisNodes } from './ioredis-nodes.js';
import { NodeRedisNodes } from './node-redis-nodes.js';
import { call, type RedisClientKind, redisClientKind } from './redis-client.js';
import { RedisCluster } from './redis-cluster.js';
import { RedisConnection } from './redis-connection.js';

export interface ConnectionOptions {
  /** Whether a client for sentinels, which is used itself, is not to be closed. */
  readonly isShared?: boolean;
  /** See `RedisConnectionOptions`. */
  readonly closedAfter?: number;
}

/**
 * A connection of our own that has the settings of `client`, and heals by itself. Not even a client that is
 * connected is used: when one of node-redis connects again, commands may be given the replies of others.
 * Only one for sentinels is used itself, as it cannot be closed while it hangs, and heals as its own options let it.
 */
export function connectionLike(
  client: Members,
  access: StoreAccess,
  { isShared = false, closedAfter }: ConnectionOptions = {},
): RedisConnection | RedisCluster {
  const kind = redisClientKind(client) ?? 'client';
  // What is sent to a member of a pool that has gone silent waits there for ever.
  if (kind === 'pool') return connectionLikeMembersOf(client, access);
  if (kind === 'cluster') {
    const copy = (node: Members) => copyOf(node, 'client', access);
    return new RedisCluster(new NodeRedisNodes(client, copy), access, closedAfter);
  }
  if (kind === 'ioredis-cluster') {
    const copy = (node: Members, address: object) => copyOf(node, 'ioredis', access, address);
    return new RedisCluster(new IoredisNodes(client, copy), access);
  }
  const healsItself = kind === 'sentinel' || !hasMethods(client, 'duplicate');
  access.sendsAgain = kind === 'sentinel';
  const make = () => (healsItself ? client : copyOf(client, kind, access));
  const shared = isShared && healsItself ? { shared: client } : {};
  return new RedisConnection({ kind, make, access, healsItself, closedAfter, ...shared });
}

/** One connection that has the settings of a pool's members. */
function connectionLikeMembersOf(pool: Members, access: StoreAccess): RedisConnection {
  let member: Members | undefined;
  const make = async () => {
    if (pool.isOpen !== true) await call(pool, 'connect');
    const take = (one: unknown) => {
      if (hasMembers(one)) member = one;
    };
    if (member === undefined) await call(pool, 'execute', take);
    return copyOf(member ?? pool, 'client', access);
  };
  return new RedisConnection({ kind: 'client', make, access });
}

/** A client that has the settings of another, and is not connected. */
function copyOf(
  client: Members,
  kind: RedisClientKind,
  { deadline }: StoreAccess,
  address: object = {},
): Members {
  const copy = call(client, 'duplicate', { ...overrides(client, kind, deadline), ...address });
  return hasMembers(copy) ? copy : client;
}

function overrides(client: Members, kind: RedisClientKind, deadline: number): object {
  if (kind === 'ioredis') {
    return {
      // Keys are given whole: releases differ in which commands they put it before, and SCAN is never one.
      keyPrefix: '',
      connectTimeout: deadline,
      // A silent socket never closes; in 2 s, who waits for it to connect would learn that it was dropped.
      disconnectTimeout: 0,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: null,
    };
  }
  const options = hasMembers(client.options) ? client.options : {};
  const socket = hasMembers(options.socket) ? options.socket : {};
  return ownClientOptions(socket, deadline);
}

/**
 * Options of a client of node-redis that fails at once when it is not connected, and leaves
 * connecting again to the next call.
 */
export function ownClientOptions(socket: Members, deadline: number) {
  return {
    disableOfflineQueue: true,
    // In which commands of node-redis 4 take callbacks.
    legacyMode: false,
    socket: { ...socket, connectTimeout: deadline, reconnectStrategy: false },
  };
}
