// The nodes of a Redis Cluster in the settings of a cluster client of node-redis. That client itself is
// neither connected nor closed.
import { hasMembers, hasMethods, type Members, memberOf } from '../../foreign-object.js';
import { pause } from '../../pause.js';
import type { StoreAccess } from '../store-access.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { call, destroy } from './redis-client.js';

/** In how many turns of a look a client is made: one that has met a silent node waits for ever. */
const turns = 4;

export class NodeRedisNodes implements ClusterNodes {
  readonly kind = 'client';
  /** It has all settings, and is never connected. */
  readonly #settings: Members;
  readonly #copy: (client: Members) => Members;

  /** @param copy Makes a client of our own that has the settings of another. */
  constructor(cluster: Members, copy: (client: Members) => Members) {
    this.#settings = duplicate(cluster);
    this.#copy = copy;
  }

  maker(address: string): () => Promise<Members> {
    let made: Members | undefined;
    return async () => {
      made ??= this.#copy(await this.#clientOf(address));
      return this.#copy(made);
    };
  }

  /** The addresses of all masters, which those nodes know that the client was given. */
  async roots(access: StoreAccess): Promise<string[]> {
    const looks: Promise<string[]>[] = [];
    const end = new AbortController();
    try {
      for (let turn = 0; turn < turns; turn++) {
        const look = this.#mastersKnown(access);
        look.catch(() => {});
        looks.push(look);
        const found = await Promise.race([...looks, pause(access.deadline / turns, end.signal)]);
        if (found !== undefined) return found;
      }
    } finally {
      // Else its timer would keep the process alive.
      end.abort();
    }
    throw new Error('The nodes that the cluster client was given do not answer.');
  }

  async #mastersKnown(access: StoreAccess): Promise<string[]> {
    const cluster = duplicate(this.#settings);
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
