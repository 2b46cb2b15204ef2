// A Redis Cluster whose slots move, or are served by no node; and a node of it in place of all.
import KeyvRedis from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import type { Session } from '@shopify/shopify-api';
import { Cluster } from 'iovalkey';
import { Keyv } from 'keyv';
import { createCluster } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { redisCatalog } from '../../../src/catalogs/redis/index.js';
import { KeyvSessionStorage, StoreUnavailableError } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';
import { keySlot } from '../../../src/store-access/redis/key-slot.js';
import { canStartRedis, type OwnRedis } from '../../servers/redis.js';
import { type OwnRedisCluster, startRedisCluster } from '../../servers/redis-cluster.js';
import { sessionOf } from '../sessions.js';
import { untilAnswers } from '../until.js';

const shop = 'cluster.myshopify.com';
interface Place {
  readonly id: string;
  readonly shop: string;
}
const stored: Place = { id: 'offline_cluster.myshopify.com', shop };
const added: Place = { id: 'cluster.myshopify.com_1', shop };
const keyOf = ({ id }: Place) => `shopify-session:id:${id}`;

describe.skipIf(!canStartRedis())('a Redis Cluster', () => {
  let cluster: OwnRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.stop());
  beforeEach(async () => {
    // Nodes hear of what a test did to the slots a moment later.
    await cluster.untilWhole();
    await each((node) => node.command(['FLUSHALL']));
  });

  const each = async <T>(work: (node: OwnRedis) => Promise<T>) =>
    Promise.all(cluster.nodes.map(work));
  const rootNodes = () => cluster.urls.map((url) => ({ url }));
  const clusterClient = () => createCluster({ rootNodes: rootNodes() });
  const nodeId = async (node: OwnRedis) => String(await node.command(['CLUSTER', 'MYID']));

  /** The node that serves the slot of a key, and another. */
  async function ownersOf(key: string): Promise<[slot: string, from: OwnRedis, to: OwnRedis]> {
    const [first] = cluster.nodes;
    const slot = String(await first?.command(['CLUSTER', 'KEYSLOT', key]));
    const served = await each((node) =>
      node.command(['GET', key]).then(
        () => true,
        () => false,
      ),
    );
    const from = cluster.nodes[served.indexOf(true)];
    const to = cluster.nodes[served.indexOf(false)];
    if (from === undefined || to === undefined) throw new Error('No node serves this slot.');
    return [slot, from, to];
  }

  /** Begins to move the slot of a key to another node, as `redis-cli --cluster reshard` does. */
  async function beginToMove(key: string) {
    const [slot, from, to] = await ownersOf(key);
    await to.command(['CLUSTER', 'SETSLOT', slot, 'IMPORTING', await nodeId(from)]);
    await from.command(['CLUSTER', 'SETSLOT', slot, 'MIGRATING', await nodeId(to)]);
    return {
      moveKey: () => from.command(['MIGRATE', '127.0.0.1', String(to.port), key, '0', '5000']),
      async end() {
        for (const node of [to, from]) {
          await node.command(['CLUSTER', 'SETSLOT', slot, 'NODE', await nodeId(to)]);
        }
      },
    };
  }

  const subjects = {
    'openSessionStorage over a client': (deadline: number) => {
      const client = clusterClient();
      onTestFinished(() => client.destroy());
      return openSessionStorage<Session>(client, { deadline });
    },
    'Keyv 5, @keyv/redis': (deadline: number) =>
      new KeyvSessionStorage<Session>(new Keyv(new KeyvRedis({ rootNodes: rootNodes() })), {
        deadline,
      }),
    'Keyv 5, @keyv/valkey': (deadline: number) => {
      const client = new Cluster([...cluster.urls]);
      client.on('error', () => {});
      onTestFinished(() => client.disconnect());
      return new KeyvSessionStorage<Session>(new Keyv(new KeyvValkey(client)), { deadline });
    },
  };

  test('a storage over one node says that it is one of a cluster (MOVED)', async () => {
    const [, , other] = await ownersOf(keyOf(stored));
    const storage = openSessionStorage<Session>(other.url, { deadline: 60_000 });
    onTestFinished(() => storage.disconnect());
    const error = await storage.loadSession(stored.id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(
      'It is a node of a Redis Cluster: connect with a cluster client',
    );
  });

  test.each(Object.entries(subjects))('%s: slots that move (ASK, MOVED)', async (_name, open) => {
    const storage = open(60_000);
    onTestFinished(() => storage.disconnect());
    expect(await storage.storeSession(sessionOf(stored, 1))).toBe(true);
    const slots = [await beginToMove(keyOf(stored)), await beginToMove(keyOf(added))];
    // The key is still where it was; another is to be made where its slot goes.
    expect(await storage.storeSession(sessionOf(stored, 2))).toBe(true);
    expect(await storage.storeSession(sessionOf(added, 2))).toBe(true);
    for (const slot of slots) await slot.moveKey();
    expect(await storage.loadSession(stored.id)).toMatchObject(sessionOf(stored, 2));
    expect(await storage.storeSession(sessionOf(stored, 3))).toBe(true);

    for (const slot of slots) await slot.end();
    expect(await storage.storeSession(sessionOf(added, 4))).toBe(true);
    expect(await storage.storeSession(sessionOf(stored, 4))).toBe(true);
    const found = (await storage.findSessionsByShop(shop)).map(({ id }) => id).sort();
    expect(found).toEqual([stored.id, added.id].sort());
    expect(await storage.deleteSessions(found)).toBe(true);
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
  });

  test('the slot of a key is the one that the server says', async () => {
    const keys = [
      '',
      'a',
      'ключ',
      '123456789',
      '{user1000}.following',
      'foo{}{bar}',
      'foo{{bar}}zap',
    ];
    for (const key of [...keys, 'foo{bar}{zap}', '}{a}', 'open{', keyOf(stored)]) {
      const slot = await cluster.nodes[0]?.command(['CLUSTER', 'KEYSLOT', key]);
      expect([key, keySlot(key)]).toEqual([key, slot]);
    }
  });

  test('the catalog: slots that move (ASK, MOVED)', async () => {
    const catalog = redisCatalog(clusterClient(), { sessionKeyPrefix: 'catalog' });
    onTestFinished(async () => catalog.disconnect?.());
    const first = { ...stored, isOnline: false, accessToken: 'first' };
    expect(await catalog.replaceSession(undefined, first)).toBe(true);
    const slot = await beginToMove(`catalog_${stored.id}`);
    await slot.moveKey();
    const second = { ...first, accessToken: 'second' };
    expect(await catalog.replaceSession(first, second)).toBe(true);
    await slot.end();
    expect(await catalog.replaceSession(second, { ...second, accessToken: 'third' })).toBe(true);
    expect(await catalog.loadSession?.(stored.id)).toMatchObject({ accessToken: 'third' });
  });

  test.each(Object.entries(subjects))(
    '%s: a slot that no node serves (CLUSTERDOWN)',
    async (_name, open) => {
      const [hasty, patient] = [open(400), open(60_000)];
      onTestFinished(async () => {
        await Promise.allSettled([hasty.disconnect(), patient.disconnect()]);
      });
      await untilAnswers(() => hasty.storeSession(sessionOf(stored, 1)));
      expect(await patient.loadSession(stored.id)).toMatchObject(sessionOf(stored, 1));
      const [slot, owner] = await ownersOf(keyOf(stored));
      await each((node) => node.command(['CLUSTER', 'DELSLOTS', slot]));
      const error = await hasty.loadSession(stored.id).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error).toMatchObject({ cause: { message: expect.stringMatching(/^CLUSTERDOWN /) } });
      expect(String(error)).toContain('A part of the Redis Cluster is down');
      const answers = Promise.all([
        patient.loadSession(stored.id),
        patient.storeSession(sessionOf(added, 1)),
      ]);
      answers.catch(() => {});
      await owner.command(['CLUSTER', 'ADDSLOTS', slot]);
      expect(await answers).toMatchObject([sessionOf(stored, 1), true]);
      expect(await untilAnswers(() => hasty.storeSession(sessionOf(stored, 2)))).toBe(true);
    },
  );
});
