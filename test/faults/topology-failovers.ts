// A replica takes the place of its master, in a Redis Cluster and behind a sentinel.
//
// Redis answers before its replica has what was written. So it keeps what it has acknowledged only if
// the failover waits for the replica; where the master is gone all of a sudden, it may lose the last writes.
import { setTimeout as pause } from 'node:timers/promises';
import { type OwnRedis, startRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { sentinelMaster, startRedisSentinel } from '../servers/redis-sentinel.js';
import type { Fault, PreparedFault } from './fault.js';
import { TcpProxy } from './tcp-proxy.js';

/** How long a master is silent until its successor is chosen, in milliseconds. */
const downAfter = 500;

/** A server that changes its role drops its clients: that it fails to say what it is is an answer too. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; ; await pause(20)) {
    try {
      if (await isSo()) return;
    } catch (cause) {
      if (Date.now() > end) throw new Error('The failover did not come to its end.', { cause });
    }
    if (Date.now() > end) throw new Error('The failover did not come to its end.');
  }
}

const says = async (node: OwnRedis, ...words: string[]) => {
  const said = String(await node.command(['INFO', 'replication']));
  return words.every((word) => said.includes(word));
};

/** Where a server is in the stream of what is replicated. */
const offsetOf = async (node: OwnRedis) =>
  Number(/master_repl_offset:(\d+)/.exec(String(await node.command(['INFO', 'replication'])))?.[1]);

/** In a cluster of its own. */
async function clusterWithReplica() {
  const cluster = await startRedisCluster();
  const [master] = cluster.nodes;
  if (master === undefined) throw new Error('The cluster has no nodes.');
  const replica = await cluster.addReplica(master);
  const url = cluster.urls.join(' ');
  const untilTaken = async () => {
    await until(() => says(replica, 'role:master'));
    const id = String(await replica.command(['CLUSTER', 'MYID']));
    const isKnownTo = async (node: OwnRedis) =>
      new RegExp(`${id} [^\\n]* (myself,)?master [^\\n]* connected \\d`).test(
        String(await node.command(['CLUSTER', 'NODES'])),
      );
    for (const node of cluster.nodes.slice(1)) {
      await until(() => isKnownTo(node));
      await until(async () =>
        String(await node.command(['CLUSTER', 'INFO'])).includes('cluster_state:ok'),
      );
    }
  };
  const everyNode = async (...command: string[]) => {
    await Promise.all([...cluster.nodes, replica].map((node) => node.command(command)));
  };
  return { cluster, master, replica, url, untilTaken, everyNode };
}

/** Behind a sentinel of its own. */
async function sentinelWithReplica() {
  const [master, replica] = await Promise.all([startRedis(), startRedis()]);
  const network = await TcpProxy.start(master.port);
  const sentinel = await startRedisSentinel(network.port);
  await replica.command(['REPLICAOF', '127.0.0.1', String(network.port)]);
  await sentinel.untilKnown(replica.port);
  const { url } = sentinel;
  return {
    master,
    replica,
    network,
    url,
    command: (...words: string[]) => sentinel.command(['SENTINEL', ...words]),
    giveUpMaster: () => sentinel.setDownAfter(downAfter),
    untilTaken: () => until(async () => (await sentinelMaster(url)).endsWith(`:${replica.port}`)),
    async cleanUp() {
      await network.stop();
      await Promise.all([sentinel, master, replica].map((server) => server.stop()));
    },
  };
}

const inCluster = (prepare: () => Promise<PreparedFault>): Fault => ({
  servers: ['redis-cluster'],
  prepare,
});

const behindSentinel = (prepare: () => Promise<PreparedFault>): Fault => ({
  servers: ['redis-sentinel'],
  prepare,
});

export const topologyFailovers = {
  'failed over in the cluster, on request': inCluster(async () => {
    const { cluster, master, replica, url, untilTaken } = await clusterWithReplica();
    return {
      url,
      directUrl: url,
      // The master lets its clients wait until the replica has everything.
      begin: () => replica.command(['CLUSTER', 'FAILOVER']),
      async end() {
        await untilTaken();
        await until(() => says(master, 'role:slave', 'master_link_status:up'));
      },
      cleanUp: () => cluster.stop(),
    };
  }),
  'failed over in the cluster, the master is gone': {
    ...inCluster(async () => {
      const { cluster, master, url, untilTaken, everyNode } = await clusterWithReplica();
      return {
        url,
        directUrl: url,
        async begin() {
          await everyNode('CONFIG', 'SET', 'cluster-node-timeout', String(4 * downAfter));
          await master.kill();
        },
        end: untilTaken,
        cleanUp: () => cluster.stop(),
      };
    }),
    storeMayLose: true,
  },
  'failed over by sentinels, writes were stopped before': behindSentinel(async () => {
    const { master, replica, url, command, untilTaken, cleanUp } = await sentinelWithReplica();
    return {
      url,
      directUrl: url,
      async begin() {
        // More replicas than there are.
        await master.command(['CONFIG', 'SET', 'min-replicas-to-write', '2']);
        const written = await offsetOf(master);
        await until(async () => (await offsetOf(replica)) >= written);
        await command('FAILOVER', 'sessions');
      },
      async end() {
        await untilTaken();
        await until(() => says(master, 'role:slave'));
      },
      cleanUp,
    };
  }),
  'failed over by sentinels, the master is gone': {
    ...behindSentinel(async () => {
      const { master, url, giveUpMaster, untilTaken, cleanUp } = await sentinelWithReplica();
      return {
        url,
        directUrl: url,
        async begin() {
          await master.kill();
          await giveUpMaster();
        },
        end: untilTaken,
        cleanUp,
      };
    }),
    storeMayLose: true,
  },
  'failed over by sentinels, the master was silent': {
    ...behindSentinel(async () => {
      const { master, network, url, giveUpMaster, untilTaken, cleanUp } =
        await sentinelWithReplica();
      return {
        url,
        directUrl: url,
        async begin() {
          network.silence();
          await giveUpMaster();
        },
        async end() {
          await untilTaken();
          await network.restore();
          await until(() => says(master, 'role:slave'));
        },
        cleanUp,
      };
    }),
    storeMayLose: true,
  },
} satisfies Record<string, Fault>;
