// What is needed of a Redis client, and how each kind of client takes a command: node-redis for one
// server, a cluster, sentinels or a pool, and the clients that descend from ioredis.
import { hasMethods, type Members, memberOf } from '../../foreign-object.js';
import { noteMaybeRun } from '../driver-errors.js';

/** A client of Redis, of which nothing is known but its methods. */
export type RedisClientKind =
  | 'client'
  | 'cluster'
  | 'sentinel'
  | 'pool'
  | 'ioredis'
  | 'ioredis-cluster';

/** Which kind of client it is; `undefined` if it is not one. */
export function redisClientKind(client: unknown): RedisClientKind | undefined {
  if (hasMethods(client, 'sendCommand', 'nodeClient')) return 'cluster';
  if (hasMethods(client, 'sendCommand', 'acquire', 'use')) return 'sentinel';
  if (hasMethods(client, 'sendCommand', 'execute')) return 'pool';
  // The clients of ioredis have a `sendCommand` that takes an object of theirs.
  if (hasMethods(client, 'call', 'duplicate', 'nodes')) return 'ioredis-cluster';
  if (hasMethods(client, 'call', 'duplicate', 'disconnect')) return 'ioredis';
  return hasMethods(client, 'sendCommand') ? 'client' : undefined;
}

/** Whether it descends from ioredis, as those of `@keyv/valkey` do. */
export function isIoredis(client: unknown): boolean {
  return redisClientKind(client)?.startsWith('ioredis') === true;
}

/** What the client would put before every key. */
export function keyPrefixOf(client: Members): string {
  return isIoredis(client) ? String(memberOf(client.options, 'keyPrefix') ?? '') : '';
}

/** One command. */
export interface RedisCommand {
  /** The key that says which node of a cluster it goes to. */
  readonly key: string;
  readonly args: string[];
  /** A node that is still being given the key's slot answers only if it is asked so. */
  readonly isAsked?: boolean;
}

/** Sends a command. A client of node-redis does not send what is still queued when `signal` aborts. */
export function sendRedisCommand(
  client: Members,
  kind: RedisClientKind,
  { args, isAsked = false }: RedisCommand,
  signal: AbortSignal,
): unknown {
  // Whatever type mapping the app's client has: replies are wanted as they come.
  const options = { abortSignal: signal, typeMapping: {} };
  // The reply to ASKING is not needed: what follows it goes over the same connection.
  if (kind === 'ioredis') {
    if (isAsked) Promise.resolve(call(client, 'call', 'ASKING')).catch(() => {});
    return call(client, 'call', ...args);
  }
  if (kind === 'sentinel') {
    // Even to read, a replica will not do: it may lag behind.
    return notingThatItMayHaveRun(call(client, 'sendCommand', false, args, options));
  }
  if (isAsked) Promise.resolve(call(client, 'sendCommand', ['ASKING'])).catch(() => {});
  return call(client, 'sendCommand', args, options);
}

/** The client may send a command again: what the last attempt failed of does not show what became of others. */
async function notingThatItMayHaveRun(sent: unknown): Promise<unknown> {
  try {
    return await sent;
  } catch (error) {
    noteMaybeRun(error);
    throw error;
  }
}

/**
 * Whether the client sends what waits in its queue however late. node-redis 4 does: it knows signals by
 * another name, and by that one its queue breaks when a command that was sent is aborted.
 */
export function sendsLate(client: Members, kind: RedisClientKind): boolean {
  return kind === 'client' && !hasMethods(client, 'destroy');
}

/** Whether replies come in the order of the commands: there is one connection. */
export function isInOrder(kind: RedisClientKind): boolean {
  return kind === 'client' || kind === 'ioredis';
}

/** Calls a method of a client. */
export function call(target: Members, method: string, ...values: unknown[]): unknown {
  const member = target[method];
  if (typeof member !== 'function') throw new TypeError(`The Redis client has no ${method}.`);
  return Reflect.apply(member, target, values);
}

/** Closes a client at once. What has no answer yet fails. */
export async function destroy(client: Members): Promise<void> {
  try {
    if (hasMethods(client, 'destroy')) await call(client, 'destroy');
    else await call(client, 'disconnect');
  } catch {
    // It was closed already.
  }
}
