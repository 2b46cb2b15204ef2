// Where to look for the nodes of a Redis Cluster, and how to connect to each.
import type { Members } from '../../foreign-object.js';
import type { StoreAccess } from '../store-access.js';
import type { RedisClientKind } from './redis-client.js';

export interface ClusterNodes {
  /** What kind of client there is for each node. */
  readonly kind: RedisClientKind;
  /** What makes clients for the node at an address. */
  maker(address: string, access: StoreAccess): () => Members | Promise<Members>;
  /** The addresses of nodes that know of all the others. */
  roots(access: StoreAccess): Promise<string[]>;
  /** Leaves the app's client as it was. */
  close?(): void;
}
