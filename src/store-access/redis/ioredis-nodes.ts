// The nodes of a cluster in the settings of a cluster client that descends from ioredis, such as one of
// `@keyv/valkey`. Nothing is sent over that client itself.
import { hasMembers, type Members, memberOf } from '../../foreign-object.js';
import { pause } from '../../pause.js';
import type { StoreAccess } from '../store-access.js';
import type { ClusterNodes } from './cluster-nodes.js';
import { call } from './redis-client.js';

export class IoredisNodes implements ClusterNodes {
  readonly kind = 'ioredis';
  readonly #cluster: Members;
  readonly #copy: (node: Members, address: object) => Members;
  /** The client's own for each node, by address; it forgets them when the cluster is down. */
  readonly #known = new Map<string, Members>();
  #noteFirst: () => void = () => {};
  readonly #note = (node: unknown): void => {
    const options = memberOf(node, 'options');
    if (!hasMembers(node) || !hasMembers(options)) return;
    this.#known.set(`${options.host}:${options.port}`, node);
    this.#noteFirst();
  };

  /** @param copy Makes a client of our own that has the settings of another, for another address. */
  constructor(cluster: Members, copy: (node: Members, address: object) => Members) {
    this.#cluster = cluster;
    this.#copy = copy;
    call(cluster, 'on', '+node', this.#note);
    const nodes = call(cluster, 'nodes');
    if (Array.isArray(nodes)) nodes.forEach(this.#note);
  }

  close(): void {
    call(this.#cluster, 'off', '+node', this.#note);
  }

  maker(address: string): () => Members {
    return () => {
      const [node] = this.#known.values();
      if (node === undefined) throw new Error('The cluster client knows no node.');
      // It may be that of a replica, which one may only read from.
      return this.#copy(node, { ...this.#mapped(address), readOnly: false });
    };
  }

  async roots({ deadline }: StoreAccess): Promise<string[]> {
    if (this.#known.size === 0) {
      const first = new Promise<void>((resolve) => {
        this.#noteFirst = resolve;
      });
      // With `lazyConnect` it waits for a first command.
      if (this.#cluster.status === 'wait') {
        Promise.resolve(call(this.#cluster, 'connect')).catch(() => {});
      }
      const end = new AbortController();
      await Promise.race([first, pause(deadline, end.signal)]);
      // Else its timer would keep the process alive.
      end.abort();
    }
    return [...this.#known.keys()];
  }

  /** https://github.com/redis/ioredis#nat-mapping */
  #mapped(address: string): object {
    const map = memberOf(this.#cluster.options, 'natMap');
    const mapped: unknown = typeof map === 'function' ? map(address) : memberOf(map, address);
    if (hasMembers(mapped)) return { host: mapped.host, port: mapped.port };
    const at = address.lastIndexOf(':');
    return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
  }
}
