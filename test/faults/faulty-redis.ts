// Redis that can break: one server, a cluster, and a server that clients find through a sentinel.
import { createCluster } from 'redis';
import { redisClient, startRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { sentinelMaster, startRedisSentinel } from '../servers/redis-sentinel.js';
import type { FaultyNode, FaultyServer } from './faulty-server.js';
import { Networks } from './network.js';
import { clusterOptions } from './subjects.js';
import { TcpProxy } from './tcp-proxy.js';

export async function startFaultyRedis(): Promise<FaultyServer> {
  const server = await startRedis();
  const network = await TcpProxy.start(server.port);
  return {
    ...server,
    kind: 'redis',
    network,
    command: (...words) => server.command(words),
    async newStore() {
      await server.command(['FLUSHALL']);
      return {
        url: network.through(server.url),
        directUrl: server.url,
        command: (word) => server.command([word]),
        records: redisRecords,
      };
    },
    async stop() {
      server.thaw();
      await network.stop();
      await server.stop();
    },
  };
}

/** Three masters, and whatever is done is done to all. A store's URL is those of all nodes. */
export async function startFaultyCluster(): Promise<FaultyServer> {
  const cluster = await startRedisCluster();
  const nodes = await Promise.all(
    cluster.nodes.map(async (node): Promise<FaultyNode & { readonly network: TcpProxy }> => {
      const network = await TcpProxy.start(node.port);
      // Clients are sent through the network; the nodes themselves talk past it.
      const port = String(network.port);
      await node.command(['CONFIG', 'SET', 'cluster-announce-port', port]);
      const restart = () => node.restart(['--cluster-announce-port', port]);
      return { ...node, restart, network };
    }),
  );
  const networks = new Networks(nodes.map(({ network }) => network));
  const each = async (work: (node: (typeof cluster.nodes)[number]) => unknown) => {
    await Promise.all(cluster.nodes.map(work));
  };
  const command = (...words: string[]) => each((node) => node.command(words));
  await cluster.untilAllKnow(nodes.map(({ network }) => `127.0.0.1:${network.port}@`));
  return {
    kind: 'redis-cluster',
    network: networks,
    nodes,
    port: nodes[0]?.port ?? 0,
    kill: () => each((node) => node.kill()),
    async restart() {
      await Promise.all(nodes.map((node) => node.restart()));
      await cluster.untilWhole();
    },
    freeze: () => each((node) => node.freeze()),
    thaw: () => void each((node) => node.thaw()),
    // A node of a cluster cannot be told to follow another.
    setReadOnly: (readOnly) => command(...wantingReplicas(readOnly)),
    command,
    async newStore() {
      await command('FLUSHALL');
      return {
        url: nodes.map(({ network }) => network.through('redis://any')).join(' '),
        // Past the network, though the nodes announce that they are behind it.
        directUrl: nodes
          .map(
            ({ port, network }) => `redis://127.0.0.1:${port}#announced=127.0.0.1:${network.port}`,
          )
          .join(' '),
        command,
        records: clusterRecords,
      };
    },
    async stop() {
      await each((node) => node.thaw());
      await networks.stop();
      await cluster.stop();
    },
  };
}

/**
 * One server, and a sentinel. Both go silent at once; what else is done is done to the server. Another
 * sentinel names the server itself, past the network.
 */
export async function startFaultySentinel(): Promise<FaultyServer> {
  const server = await startRedis();
  const toServer = await TcpProxy.start(server.port);
  const [sentinel, directSentinel] = await Promise.all([
    startRedisSentinel(toServer.port),
    startRedisSentinel(server.port),
  ]);
  const toSentinel = await TcpProxy.start(sentinel.port);
  const network = new Networks([toServer, toSentinel]);
  return {
    ...server,
    kind: 'redis-sentinel',
    network,
    // What a sentinel calls the master is not a replica for long: iovalkey does not even connect to one.
    async setReadOnly(readOnly) {
      await server.command(wantingReplicas(readOnly));
    },
    command: (...words) => server.command(words),
    async newStore() {
      await server.command(['FLUSHALL']);
      return {
        url: toSentinel.through(sentinel.url),
        directUrl: directSentinel.url,
        command: (word) => server.command([word]),
        records: async (url) => redisRecords(await sentinelMaster(url)),
      };
    },
    async stop() {
      server.thaw();
      await network.stop();
      await Promise.all([sentinel.stop(), directSentinel.stop()]);
      await server.stop();
    },
  };
}

/** A server without the replicas that it wants refuses writes. */
const wantingReplicas = (wants: boolean) => [
  'CONFIG',
  'SET',
  'min-replicas-to-write',
  wants ? '1' : '0',
];

async function redisRecords(url: string): Promise<string[]> {
  const client = redisClient(url);
  await client.connect();
  try {
    const keys = await client.keys('*');
    // A set of ids cannot be read so, and holds no token.
    return await Promise.all(
      keys.map(async (key) => String(await client.get(key).catch(() => ''))),
    );
  } finally {
    client.destroy();
  }
}

/** @param urls Those of all nodes, with spaces between them. */
async function clusterRecords(urls: string): Promise<string[]> {
  const cluster = createCluster(clusterOptions(urls));
  cluster.on('error', () => {});
  await cluster.connect();
  try {
    const records = cluster.masters.map(async (master) => {
      const node = await cluster.nodeClient(master);
      const keys = await node.keys('*');
      return Promise.all(keys.map(async (key) => String(await node.get(key).catch(() => ''))));
    });
    return (await Promise.all(records)).flat();
  } finally {
    cluster.destroy();
  }
}
