// The nodes of a Redis Cluster in the settings of a cluster client of node-redis. That client itself is
// neither connected nor closed.
import { hasMembers, hasMethods, type Members, memberOf } from '../../foreign-object.js';
import { pause } from '../../pause.js';
import type { StoreAccess } from '../store-access.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { call, destroy } from './redis-client.js';

/** In how many turns of a look a client is made: one that has met a silent node waits for ever. */
const turns = 4;
/** How many clients may wait for silent nodes, over all looks: nothing closes their connections but the node. */
const mostWaiting = 16;

export class NodeRedisNodes implements ClusterNodes {
  readonly kind = 'client';
  /** It has all settings, and is never connected. */
  readonly #settings: Members;
  readonly #copy: (client: Members) => Members;
  /** What each client that still looks will have found. */
  readonly #looks = new Map<Members, Promise<string[]>>();
  #isClosed = false;

  /** @param copy Makes a client of our own that has the settings of another. */
  constructor(cluster: Members, copy: (client: Members) => Members) {
    this.#settings = duplicate(cluster);
    this.#copy = copy;
  }

  maker(address: string): () => Promise<Members> {
    let made: Promise<Members> | undefined;
    return async () => {
      // While a node is silent, node-redis 4 makes no client: one wait for it is enough.
      made ??= this.#clientOf(address)
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
        if (this.#looks.size < mostWaiting && !this.#isClosed) this.#look(access);
        const looks = this.#looks.values();
        const found = await Promise.race([...looks, pause(access.deadline / turns, end.signal)]);
        if (found !== undefined) return found;
      }
    } finally {
      // Else its timer would keep the process alive.
      end.abort();
    }
    throw new Error('The nodes that the cluster client was given do not answer.');
  }

  #look(access: StoreAccess): void {
    const cluster = duplicate(this.#settings);
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

function duplicate(cluster: Members): Members {
  // Else it would wait for nodes that are silent just now.
  const copy = call(cluster, 'duplicate', { minimizeConnections: true });
  return hasMembers(copy) ? copy : cluster;
}
