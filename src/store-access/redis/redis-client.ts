// What is needed of a Redis client, and how each kind of client takes a command: node-redis for one
// server, a cluster, sentinels or a pool, and the clients that descend from ioredis.
import { hasMembers, hasMethods, type Members } from '../../foreign-object.js';

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
  { key, args, isAsked = false }: RedisCommand,
  signal: AbortSignal,
): unknown {
  // Whatever type mapping the app's client has: replies are wanted as they come.
  const options = { abortSignal: signal, typeMapping: {} };
  switch (kind) {
    case 'cluster':
      // Even to read, a replica will not do: it may lag behind.
      return call(client, 'sendCommand', key, false, args, options);
    case 'sentinel':
      return call(client, 'sendCommand', false, args, options);
    // The reply to ASKING is not needed: what follows it goes over the same connection.
    case 'ioredis':
    case 'ioredis-cluster':
      if (isAsked) Promise.resolve(call(client, 'call', 'ASKING')).catch(() => {});
      return call(client, 'call', ...args);
    default:
      if (isAsked) Promise.resolve(call(client, 'sendCommand', ['ASKING'])).catch(() => {});
      return call(client, 'sendCommand', args, options);
  }
}

/** What kind of client each of the nodes is. */
export function nodeKindOf(kind: RedisClientKind): RedisClientKind {
  if (kind === 'cluster') return 'client';
  return kind === 'ioredis-cluster' ? 'ioredis' : kind;
}

/** The clients of all masters, each of which holds some of the keys. */
export async function redisMasters(client: Members, kind: RedisClientKind): Promise<Members[]> {
  if (kind === 'cluster') {
    const masters = Array.isArray(client.masters) ? client.masters : [];
    const nodes: unknown[] = await Promise.all(
      masters.map(async (node: unknown) => call(client, 'nodeClient', node)),
    );
    return nodes.filter(hasMembers);
  }
  if (kind === 'ioredis-cluster') {
    const nodes = call(client, 'nodes', 'master');
    return Array.isArray(nodes) ? nodes.filter(hasMembers) : [];
  }
  return [client];
}

/** Whether keys may live on different nodes, so that one command cannot work on several. */
export function isCluster(kind: RedisClientKind): boolean {
  return kind === 'cluster' || kind === 'ioredis-cluster';
}

/** Whether the client sends a command again by itself after its connection was lost. */
export function sendsAgain(kind: RedisClientKind): boolean {
  return kind === 'sentinel' || kind === 'ioredis-cluster';
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
