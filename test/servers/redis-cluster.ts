// A Redis Cluster of our own.
import { type OwnRedis, startRedis } from './redis.js';

const slots = 16_384;

/** A Redis Cluster that this process started and owns. */
export interface OwnRedisCluster {
  readonly nodes: readonly OwnRedis[];
  /** One URL per node. */
  readonly urls: readonly string[];
  /** Ends all nodes for good. */
  stop(): Promise<void>;
}

/** Starts `size` masters on free ports, which share the slots evenly, and waits until all agree. */
export async function startRedisCluster(size = 3): Promise<OwnRedisCluster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await formCluster(size);
    } catch (error) {
      // A cluster of another test that still looks for a node which had one of these ports may meet it first.
      if (attempt === 3) throw error;
    }
  }
}

async function formCluster(size: number): Promise<OwnRedisCluster> {
  const nodes = await Promise.all(
    Array.from({ length: size }, () => startRedis({ args: ['--cluster-enabled', 'yes'] })),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
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
      await firstNode?.command(['CLUSTER', 'MEET', '127.0.0.1', String(other.port)]);
    }
    await Promise.all(nodes.map((node) => untilWhole(node, size)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, urls: nodes.map((node) => node.url), stop };
}

async function untilWhole(node: OwnRedis, size: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const info = String(await node.command(['CLUSTER', 'INFO']));
    if (
      info.includes('cluster_state:ok') &&
      info.includes(`cluster_slots_ok:${slots}`) &&
      info.includes(`cluster_size:${size}`)
    ) {
      return;
    }
    if (Date.now() > deadline) throw new Error(`The Redis Cluster did not form:\n${info}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
