import { createCluster } from 'redis';
import { expect, onTestFinished, test, vi } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { offlineSession } from '../conformance/sessions.js';
import { canStartRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';

test.skipIf(!canStartRedis())(
  'on a Redis Cluster, sessions of every node are found and replaced',
  async () => {
    const cluster = await startRedisCluster(3);
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    try {
      await client.connect();
      const catalog = redisCatalog(client);
      const shops = Array.from({ length: 60 }, (_, index) => `${index}.myshopify.com`);
      for (const shop of shops) {
        const session = offlineSession(shop).toObject() as StoredSession;
        await expect(catalog.replaceSession(undefined, session)).resolves.toBe(true);
      }
      const found = new Set<string>();
      for await (const current of catalog.sessions()) {
        found.add(current.shop);
        const next = { ...current, accessToken: 'next' };
        await expect(catalog.replaceSession(current, next)).resolves.toBe(true);
        await expect(catalog.replaceSession(current, next)).resolves.toBe(false);
        await expect(catalog.loadSession?.(current.id)).resolves.toEqual(next);
      }
      expect(found).toEqual(new Set(shops));
      const sizes = await Promise.all(cluster.nodes.map((node) => node.command(['DBSIZE'])));
      expect(sizes).not.toContain(0);
      const list = await client.get('shopify_sessions_0.myshopify.com');
      expect(list).toBe('["shopify_sessions_offline_0.myshopify.com"]');
    } finally {
      client.destroy();
      await cluster.stop();
    }
  },
);

test.skipIf(!canStartRedis())(
  'catalogs over one cluster client leave nothing behind on it, and no connection to a node',
  async () => {
    const cluster = await startRedisCluster(3);
    onTestFinished(() => cluster.stop());
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    await client.connect();
    onTestFinished(() => client.destroy());
    const connections = () =>
      Promise.all(
        cluster.nodes.map(async (node) => {
          const clients = String(await node.command(['CLIENT', 'LIST', 'TYPE', 'normal']));
          return clients.trim().split('\n').length;
        }),
      );
    await client.set('a', '1');
    const before = await connections();

    for (let n = 0; n < 5; n++) {
      for await (const _ of redisCatalog(client).sessions()) throw new Error('There are none.');
    }

    expect(client.listenerCount('error')).toBe(1);
    await vi.waitFor(async () => expect(await connections()).toEqual(before), { timeout: 5_000 });
  },
);
