// A Redis Cluster, over a connection of our own to each node, each of which heals by itself. The cluster
// client of node-redis does not: it waits for ever for a node that is silent, and where the connection of a
// node is made again, commands may be given the replies of others.
import { isError, memberOf } from '../../foreign-object.js';
import { isRedisReply, NotSentError } from '../driver-errors.js';
import type { StoreAccess } from '../store-access.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { keySlot, slotCount } from './key-slot.js';
import type { RedisCommand } from './redis-client.js';
import { RedisConnection } from './redis-connection.js';
import { listOf, textOf } from './redis-replies.js';
import type { RedisSource } from './redis-source.js';

/** As many as node-redis follows. */
const mostRedirections = 16;
/** From one look at which node has what to the next, in milliseconds. */
const restBetweenLooks = 50;

/** What a node says of all. */
interface Layout {
  /** The address of the master of each slot. */
  readonly owners: readonly (string | undefined)[];
  readonly replicas: ReadonlySet<string>;
}

export class RedisCluster implements RedisSource {
  readonly kind = 'cluster';
  readonly #nodes: ClusterNodes;
  readonly #access: StoreAccess;
  readonly #closedAfter: number | undefined;
  readonly #connections = new Map<string, RedisConnection>();
  #owners: (string | undefined)[] = [];
  #replicas: ReadonlySet<string> = new Set();
  #looking: Promise<void> | undefined;
  #restUntil = 0;
  #isClosed = false;

  /** @param closedAfter See `RedisConnectionOptions`. */
  constructor(nodes: ClusterNodes, access: StoreAccess, closedAfter?: number) {
    this.#nodes = nodes;
    this.#access = access;
    this.#closedAfter = closedAfter;
  }

  async send(command: RedisCommand, signal: AbortSignal): Promise<unknown> {
    if (this.#owners.length === 0) await this.#look();
    const slot = keySlot(command.key);
    // Of a slot that no node serves, any node says so.
    let address = this.#owners[slot] ?? this.#masters()[0] ?? '';
    let isAsked = false;
    for (let redirections = 0; ; redirections++) {
      try {
        return await this.#connection(address).send({ ...command, isAsked }, signal);
      } catch (error) {
        const redirection = redirectionOf(error, address);
        if (redirection === undefined && isOfLayout(error)) this.#lookAgain();
        if (redirection === undefined || redirections === mostRedirections) throw error;
        ({ address, isAsked } = redirection);
        if (!isAsked) {
          this.#owners[slot] = address;
          this.#lookAgain();
        }
      }
    }
  }

  async masters(): Promise<RedisSource[]> {
    if (this.#owners.length === 0) await this.#look();
    if (this.#owners.includes(undefined)) {
      throw new Error(
        'A node of the Redis Cluster is missing, so that not all keys can be listed.',
      );
    }
    return this.#masters().map((address) => this.#connection(address));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#nodes.close?.();
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
  }

  #masters(): string[] {
    return [...new Set(this.#owners)].filter((address) => address !== undefined);
  }

  #connection(address: string): RedisConnection {
    if (this.#isClosed) throw new NotSentError('The session store was disconnected.');
    const known = this.#connections.get(address);
    if (known !== undefined) return known;
    const connection = new RedisConnection({
      kind: this.#nodes.kind,
      make: this.#nodes.maker(address, this.#access),
      access: this.#access,
      closedAfter: this.#closedAfter,
    });
    this.#connections.set(address, connection);
    return connection;
  }

  /** In the background, as what has moved is found without it; not for each call that fails. */
  #lookAgain(): void {
    const now = performance.now();
    if (now < this.#restUntil) return;
    this.#restUntil = now + restBetweenLooks;
    this.#look().catch(() => {});
  }

  /** Finds out which node has what. All who wait share one look. */
  #look(): Promise<void> {
    this.#looking ??= this.#layout()
      .then(
        (layout) => this.#take(layout),
        (error: unknown) => {
          // Not the driver's own error: a command that was sent may have failed of the same.
          const errors = memberOf(error, 'errors');
          const cause = Array.isArray(errors) ? errors[0] : error;
          throw new NotSentError('No node of the Redis Cluster answers.', { cause });
        },
      )
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async #layout(): Promise<Layout> {
    const ask = (address: string) => this.#layoutOf(address);
    try {
      return await Promise.any(this.#masters().map(ask));
    } catch {
      const atRoots = this.#nodes.roots(this.#access).then((roots) => Promise.any(roots.map(ask)));
      return Promise.any([...[...this.#replicas].map(ask), atRoots]);
    }
  }

  /** Which node has what, in the words of one. */
  async #layoutOf(asked: string): Promise<Layout> {
    const signal = AbortSignal.timeout(this.#access.deadline);
    const command = { key: '', args: ['CLUSTER', 'SLOTS'] };
    const shards = listOf(await this.#connection(asked).send(command, signal));
    const owners = new Array<string | undefined>(slotCount).fill(undefined);
    const replicas = new Set<string>();
    for (const shard of shards) {
      const [from, to, ...nodes] = listOf(shard);
      const [master, ...others] = nodes.map((node) => {
        const [host, port] = listOf(node);
        return addressOf(textOf(host), String(port), asked);
      });
      owners.fill(master, Number(from), Number(to) + 1);
      for (const other of others) replicas.add(other);
    }
    if (shards.length === 0) throw new Error('A node does not know of the others.');
    return { owners, replicas };
  }

  #take({ owners, replicas }: Layout): void {
    this.#owners = [...owners];
    this.#replicas = replicas;
    const all = new Set([...this.#masters(), ...replicas]);
    for (const [address, connection] of this.#connections) {
      if (all.has(address)) continue;
      this.#connections.delete(address);
      void connection.close();
    }
  }
}

/** @param asked Where the answer comes from: a node that does not know its own host leaves it out. */
function addressOf(host: string | undefined, port: string, asked: string): string {
  const isKnown = host !== undefined && host !== '' && host !== '?';
  return `${isKnown ? host : asked.slice(0, asked.lastIndexOf(':'))}:${port}`;
}

function redirectionOf(error: unknown, asked: string) {
  if (!isError(error)) return undefined;
  const [, word, host, port = ''] = /^(MOVED|ASK) \d+ (\S*):(\d+)$/.exec(error.message) ?? [];
  if (word === undefined) return undefined;
  return { address: addressOf(host, port, asked), isAsked: word === 'ASK' };
}

/** Whether another node may have the keys now: that one is gone, or is not a master any more. */
function isOfLayout(error: unknown): boolean {
  if (!isError(error) || !isRedisReply(error)) return true;
  return /^(CLUSTERDOWN|MASTERDOWN|READONLY|LOADING) /.test(error.message);
}
