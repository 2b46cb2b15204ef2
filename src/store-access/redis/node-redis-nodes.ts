// The nodes of a Redis Cluster in the settings of a cluster client of node-redis. That client itself is
// neither connected nor closed.
import { hasMembers, hasMethods, type Members, memberOf } from '../../foreign-object.js';
import { inTime, pause } from '../../pause.js';
import { passOverErrors } from '../client-errors.js';
import type { StoreAccess } from '../store-access.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { call, destroy } from './redis-client.js';

const silent = 'A node of the Redis Cluster does not answer.';

/** In how many turns of a call a look is begun: one that has met a silent node waits. */
const turns = 4;
/** How many looks may wait at once. */
const mostWaiting = 16;

export class NodeRedisNodes implements ClusterNodes {
  readonly kind = 'client';
  /** It has all settings, and is never connected. */
  readonly #settings: Members;
  readonly #copy: (client: Members) => Members;
  /** What each client that still looks will have found. */
  readonly #looks = new Map<Members, Promise<string[]>>();
  #lastLook = 0;
  #isClosed = false;

  /** @param copy Makes a client of our own that has the settings of another. */
  constructor(cluster: Members, copy: (client: Members) => Members) {
    this.#settings = duplicate(cluster, {});
    // With node-redis 4, those of its clients for nodes are its own.
    passOverErrors(this.#settings);
    this.#copy = copy;
  }

  maker(address: string, { deadline }: StoreAccess): () => Promise<Members> {
    let made: Promise<Members> | undefined;
    return async () => {
      // While a node is silent, node-redis 4 makes no client: one wait for it at a time is enough.
      made ??= inTime(this.#clientOf(address), deadline, () => new Error(silent))
        .then(this.#copy)
        .catch((error: unknown) => {
          made = undefined;
          throw error;
        });
      return this.#copy(await made);
    };
  }

  close(): void {
    this.#isClosed = true;
    for (const cluster of this.#looks.keys()) void destroy(cluster);
  }

  /** The addresses of all masters, which those nodes know that the client was given. */
  async roots(access: StoreAccess): Promise<string[]> {
    const end = new AbortController();
    try {
      for (let turn = 0; turn < turns; turn++) {
        if (this.#isClosed) throw new Error('The session store was disconnected.');
        this.#look(access);
        const looks = [...this.#looks.values()];
        // An older look may fail at any time, and a newer one still find something.
        const first = Promise.any(looks).catch(() => looks.at(-1));
        const found = await Promise.race([first, pause(access.deadline / turns, end.signal)]);
        if (found !== undefined) return found;
      }
    } finally {
      // Else its timer would keep the process alive.
      end.abort();
    }
    throw new Error('The nodes that the cluster client was given do not answer.');
  }

  /** Begins a look, unless there are enough: once the network is back, only a new connection may work. */
  #look(access: StoreAccess): void {
    const now = performance.now();
    if (this.#looks.size === mostWaiting) {
      if (now - this.#lastLook < access.deadline) return;
      // Only over node-redis 4 is there one that old: nothing but the system closes its connection.
      const [oldest] = this.#looks.keys();
      if (oldest !== undefined) this.#looks.delete(oldest);
    }
    this.#lastLook = now;
    const cluster = duplicate(this.#settings, socketTimeout(this.#settings, access.deadline));
    const look = this.#mastersKnown(cluster, access).finally(() => this.#looks.delete(cluster));
    look.catch(() => {});
    this.#looks.set(cluster, look);
  }

  async #mastersKnown(cluster: Members, access: StoreAccess): Promise<string[]> {
    // Each node that does not answer is an event.
    call(cluster, 'on', 'error', (error: unknown) => access.noteEvent(error));
    await call(cluster, 'connect');
    const masters = Array.isArray(cluster.masters) ? cluster.masters : [];
    const addresses = masters.map((node) => `${memberOf(node, 'host')}:${memberOf(node, 'port')}`);
    await destroy(cluster);
    return addresses;
  }

  /** A client in the settings for one node, which is closed. */
  async #clientOf(address: string): Promise<Members> {
    const at = address.lastIndexOf(':');
    const [host, port] = [address.slice(0, at), Number(address.slice(at + 1))];
    const node = { id: '', address, host, port, readonly: false };
    const connecting = Promise.resolve(call(this.#settings, 'nodeClient', node));
    connecting.catch(() => {});
    // It is there at once, except in node-redis 4.
    const member = memberOf(node, 'client');
    const client = hasMethods(member, 'duplicate', 'on') ? member : await connecting;
    if (!hasMembers(client)) throw new Error('The cluster client has no client for a node.');
    closeOnceConnected(client);
    return client;
  }
}

/** While a client of node-redis connects it has no connection that it could close. */
function closeOnceConnected(client: Members): void {
  if (client.isReady === true) return void destroy(client);
  for (const event of ['connect', 'error']) call(client, 'once', event, () => destroy(client));
}

function duplicate(cluster: Members, options: object): Members {
  // Else it would wait for nodes that are silent just now.
  const copy = call(cluster, 'duplicate', { minimizeConnections: true, ...options });
  return hasMembers(copy) ? copy : cluster;
}

/**
 * Options by which each connection closes once it is silent for so long. They replace a cluster client's own, which it
 * shows as `_options`, a member that its types publish. node-redis 4 shows none, and has no such limit.
 */
function socketTimeout({ _options: options }: Members, milliseconds: number): object {
  if (!hasMembers(options)) return {};
  const defaults = hasMembers(options.defaults) ? options.defaults : {};
  const socket = hasMembers(defaults.socket) ? defaults.socket : {};
  return { defaults: { ...defaults, socket: { ...socket, socketTimeout: milliseconds } } };
}
