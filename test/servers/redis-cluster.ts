// A Redis Cluster of our own.
import { freePort } from './owned-process.js';
import { type OwnRedis, startRedis } from './redis.js';

const slots = 16_384;

/** A Redis Cluster that this process started and owns. */
export interface OwnRedisCluster {
  readonly nodes: readonly OwnRedis[];
  /** One URL per node. */
  readonly urls: readonly string[];
  /** Where each node speaks TLS, if it does. */
  readonly tlsPorts: readonly number[];
  /** Waits until every master says that all slots are served. */
  untilWhole(): Promise<void>;
  /** Waits until every master's list of all nodes holds each of `words`. */
  untilAllKnow(words: readonly string[]): Promise<void>;
  /** Starts a replica of a master, and waits until all know of it and it has what the master has. */
  addReplica(master: OwnRedis): Promise<OwnRedis>;
  /** Ends all nodes for good. */
  stop(): Promise<void>;
}

/**
 * Starts `size` masters on free ports, which share the slots evenly, and waits until all agree.
 *
 * @param tls Arguments of `redis-server` for TLS but the port: among themselves, nodes then speak it too.
 */
export async function startRedisCluster(
  size = 3,
  tls: readonly string[] = [],
): Promise<OwnRedisCluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await formCluster(size, tls);
    } catch (error) {
      // A cluster of another test that still looks for a node which had one of these ports may meet it first.
      if (attempt === 3) throw error;
    }
  }
}

async function formCluster(size: number, tls: readonly string[]): Promise<OwnRedisCluster> {
  const tlsPorts = new Map<OwnRedis, number>();
  /** Where others meet a node: its bus belongs to the port that nodes speak over. */
  const meetingPort = (node: OwnRedis) => String(tlsPorts.get(node) ?? node.port);
  const startNode = async () => {
    if (tls.length === 0) return startRedis({ args: ['--cluster-enabled', 'yes'] });
    const port = await freePort();
    const secured = ['--tls-port', String(port), '--tls-cluster', 'yes', ...tls];
    const node = await startRedis({ args: ['--cluster-enabled', 'yes', ...secured] });
    tlsPorts.set(node, port);
    return node;
  };
  const nodes = await Promise.all(Array.from({ length: size }, startNode));
  const replicas: OwnRedis[] = [];
  const stop = async () => {
    await Promise.all([...nodes, ...replicas].map((node) => node.stop()));
  };
  const untilWhole = async () => {
    const lines = ['cluster_state:ok', `cluster_slots_ok:${slots}`, `cluster_size:${size}`];
    await Promise.all(nodes.map((node) => untilSays(node, ['CLUSTER', 'INFO'], lines)));
  };
  const untilAllKnow = async (words: readonly string[]) => {
    await Promise.all(nodes.map((node) => untilSays(node, ['CLUSTER', 'NODES'], words)));
  };
  try {
    await Promise.all(
      nodes.map(async (node, index) => {
        await node.command(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
        const first = Math.ceil((slots / size) * index);
        const next = Math.ceil((slots / size) * (index + 1));
        const owned = Array.from({ length: next - first }, (_, offset) => String(first + offset));
        await node.command(['CLUSTER', 'ADDSLOTS', ...owned]);
      }),
    );
    const [firstNode, ...others] = nodes;
    for (const other of others) {
      await firstNode?.command(['CLUSTER', 'MEET', '127.0.0.1', meetingPort(other)]);
    }
    await untilWhole();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    nodes,
    urls: nodes.map((node) => node.url),
    tlsPorts: nodes.flatMap((node) => tlsPorts.get(node) ?? []),
    untilWhole,
    untilAllKnow,
    async addReplica(master) {
      const replica = await startNode();
      replicas.push(replica);
      await replica.command(['CLUSTER', 'MEET', '127.0.0.1', meetingPort(master)]);
      const id = String(await master.command(['CLUSTER', 'MYID']));
      await untilSays(replica, ['CLUSTER', 'NODES'], [id]);
      await replica.command(['CLUSTER', 'REPLICATE', id]);
      await untilSays(replica, ['INFO', 'replication'], ['master_link_status:up']);
      await untilAllKnow([`slave ${id}`]);
      return replica;
    },
    stop,
  };
}

/** Waits until the answer to a command holds each of `words`. */
async function untilSays(
  node: OwnRedis,
  command: readonly string[],
  words: readonly string[],
): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const said = String(await node.command(command));
    if (words.every((word) => said.includes(word))) return;
    if (Date.now() > deadline)
      throw new Error(`The Redis Cluster is not as it should be:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
