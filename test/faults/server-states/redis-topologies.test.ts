// A node of a Redis Cluster, the master behind sentinels, and the server of a pool go silent: what
// needs them fails at the deadline, all else goes on, and the same storage is back by itself.
import { setTimeout as pause } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import type { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { createClientPool, createCluster, createSentinel } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { KeyvSessionStorage, StoreUnavailableError } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';
import { canStartRedis, type OwnRedis, startRedis } from '../../servers/redis.js';
import { startRedisCluster } from '../../servers/redis-cluster.js';
import { type OwnRedisSentinel, startRedisSentinel } from '../../servers/redis-sentinel.js';
import { sessionOf, writeIn } from '../sessions.js';
import { TcpProxy } from '../tcp-proxy.js';
import { untilAnswers } from '../until.js';

const deadline = 1_000;
const shop = 'topology.myshopify.com';
const place = (name: string) => ({ id: `${shop}_${name}`, shop });

/** A network before a server. */
async function networkTo(server: OwnRedis): Promise<TcpProxy> {
  const network = await TcpProxy.start(server.port);
  onTestFinished(() => network.stop());
  return network;
}

type Storage = Pick<KeyvSessionStorage<Session>, 'loadSession' | 'storeSession' | 'disconnect'>;

async function numberOf(storage: Storage, at: ReturnType<typeof place>) {
  const session = await storage.loadSession(at.id);
  return session && writeIn(session, at);
}

const overCluster = {
  'openSessionStorage over a client': (rootNodes: { url: string }[]) => {
    const client = createCluster({ rootNodes });
    onTestFinished(() => client.destroy());
    return openSessionStorage<Session>(client, { deadline });
  },
  'Keyv 5, @keyv/redis': (rootNodes: { url: string }[]) =>
    new KeyvSessionStorage<Session>(new Keyv(new KeyvRedis({ rootNodes })), { deadline }),
};

test.skipIf(!canStartRedis()).each(Object.entries(overCluster))(
  'a node of a Redis Cluster goes silent: %s',
  async (_name, open) => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.stop());
    const networks = await Promise.all(cluster.nodes.map(networkTo));
    // Clients are sent through these networks; the nodes themselves talk past them.
    for (const [at, node] of cluster.nodes.entries()) {
      await node.command(['CONFIG', 'SET', 'cluster-announce-port', String(networks[at]?.port)]);
    }
    await untilAnnounced(cluster.nodes, networks);
    const storage = open(networks.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })));
    onTestFinished(() => storage.disconnect().catch(() => {}));
    const places = Array.from({ length: 12 }, (_, at) => place(String(at)));
    for (const each of places) {
      expect(await untilAnswers(() => storage.storeSession(sessionOf(each, 1)))).toBe(true);
    }

    networks[0]?.silence();
    const onNode = async (node: OwnRedis | undefined, { id }: { id: string }) =>
      (await node?.command(['GET', `shopify-session:id:${id}`]).catch(() => null)) !== null;
    const isSilent = await Promise.all(places.map((each) => onNode(cluster.nodes[0], each)));
    expect(new Set(isSilent).size).toBe(2);
    for (let times = 0; times < 3; times++) {
      const answers = await Promise.allSettled(places.map((each) => numberOf(storage, each)));
      for (const [at, answer] of answers.entries()) {
        if (isSilent[at]) {
          expect(answer).toMatchObject({ reason: expect.any(StoreUnavailableError) });
        }
      }
    }
    // The others go on.
    for (const each of places.filter((_, at) => !isSilent[at])) {
      expect(await untilAnswers(() => numberOf(storage, each))).toBe(1);
    }
    // Of the others there are answers all the time.
    let hasEnded = false;
    const answering = places.filter((_, at) => !isSilent[at]);
    const traffic = (async () => {
      while (!hasEnded) {
        await Promise.allSettled(answering.map((each) => numberOf(storage, each)));
        await pause(5);
      }
    })();
    onTestFinished(async () => {
      hasEnded = true;
      await traffic;
    });
    const silent = places.filter((_, at) => isSilent[at]);
    await Promise.all(
      silent.map((each) => expect(numberOf(storage, each)).rejects.toThrow(StoreUnavailableError)),
    );
    await networks[0]?.restore();
    for (const each of silent) {
      expect(await untilAnswers(() => numberOf(storage, each))).toBe(1);
      expect(await untilAnswers(() => storage.storeSession(sessionOf(each, 2)))).toBe(true);
      expect(await untilAnswers(() => numberOf(storage, each))).toBe(2);
    }
  },
  120_000,
);

/** Waits until every node says of all that they are reached through their networks. */
async function untilAnnounced(nodes: readonly OwnRedis[], networks: readonly TcpProxy[]) {
  for (const node of nodes) {
    for (let said = ''; !networks.every(({ port }) => said.includes(`127.0.0.1:${port}@`)); ) {
      said = String(await node.command(['CLUSTER', 'NODES']));
    }
  }
}

test.skipIf(!canStartRedis())(
  'the master behind sentinels goes silent, and is followed by its replica',
  async () => {
    const [master, replica] = await Promise.all([startRedis(), startRedis()]);
    onTestFinished(async () => {
      await Promise.all([master.stop(), replica.stop()]);
    });
    const network = await networkTo(master);
    const sentinel = await startRedisSentinel(network.port);
    onTestFinished(() => sentinel.stop());
    await replica.command(['REPLICAOF', '127.0.0.1', String(network.port)]);
    await sentinel.untilKnown(replica.port);

    const client = sentinelClient(sentinel);
    const storage = openSessionStorage<Session>(client, { deadline });
    const at = place('sentinel');
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 1)))).toBe(true);
    expect(await master.command(['WAIT', '1', '0'])).toBe(1);

    network.silence();
    await expect(storage.storeSession(sessionOf(at, 2))).rejects.toThrow(StoreUnavailableError);
    await sentinel.setDownAfter(500);
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 3)))).toBe(true);
    expect(await numberOf(storage, at)).toBe(3);
    expect(String(await replica.command(['INFO', 'replication']))).toContain('role:master');
    await sentinel.setDownAfter(3_600_000);
    await network.restore();
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 4)))).toBe(true);
    expect(await numberOf(storage, at)).toBe(4);
  },
  120_000,
);

test.skipIf(!canStartRedis())(
  'the master behind sentinels goes silent, and comes back before they decide on another',
  async () => {
    const master = await startRedis();
    onTestFinished(() => master.stop());
    const network = await networkTo(master);
    const sentinel = await startRedisSentinel(network.port);
    onTestFinished(() => sentinel.stop());
    const storage = openSessionStorage<Session>(sentinelClient(sentinel), { deadline });
    const at = place('sentinel');
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 1)))).toBe(true);
    network.silence();
    await expect(storage.storeSession(sessionOf(at, 2))).rejects.toThrow(StoreUnavailableError);
    await network.restore();
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 3)))).toBe(true);
    expect(await numberOf(storage, at)).toBe(3);
  },
  120_000,
);

function sentinelClient({ master, port }: OwnRedisSentinel) {
  // As docs/stores.md recommends.
  const limits = {
    pingInterval: deadline / 2,
    socket: { socketTimeout: deadline, reconnectStrategy: false as const },
  };
  const client = createSentinel({
    name: master,
    sentinelRootNodes: [{ host: '127.0.0.1', port }],
    sentinelClientOptions: limits,
    nodeClientOptions: limits,
  });
  client.on('error', () => {});
  onTestFinished(() => client.destroy() as unknown as Promise<void>);
  return client;
}

test.skipIf(!canStartRedis())(
  'the server of a pool goes silent, again and again',
  async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const network = await networkTo(server);
    const url = network.through(server.url);
    const client = createClientPool({ url }, { minimum: 1, maximum: 3 });
    client.on('error', () => {});
    onTestFinished(() => client.destroy());
    const storage = openSessionStorage<Session>(client, { deadline });
    const at = place('pool');
    for (let turn = 1; turn < 3; turn++) {
      expect(await untilAnswers(() => storage.storeSession(sessionOf(at, turn)))).toBe(true);
      network.silence();
      const answers = await Promise.allSettled([1, 2, 3, 4].map(() => numberOf(storage, at)));
      expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      await network.restore();
      expect(await untilAnswers(() => numberOf(storage, at))).toBe(turn);
    }
  },
  120_000,
);

test.skipIf(!canStartRedis())(
  'the server of a pool is silent from the start',
  async () => {
    const server = await startRedis();
    onTestFinished(() => server.stop());
    const network = await networkTo(server);
    network.silence();
    // Anyone who wants a member of it waits for ever.
    const client = createClientPool({ url: network.through(server.url) }, { acquireTimeout: 0 });
    client.on('error', () => {});
    onTestFinished(() => client.destroy());
    const storage = openSessionStorage<Session>(client, { deadline });
    const at = place('pool');
    await expect(numberOf(storage, at)).rejects.toThrow(StoreUnavailableError);
    await network.restore();
    expect(await untilAnswers(() => storage.storeSession(sessionOf(at, 1)))).toBe(true);
    expect(await numberOf(storage, at)).toBe(1);
  },
  120_000,
);
