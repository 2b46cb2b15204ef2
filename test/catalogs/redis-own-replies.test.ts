// A call of the catalog is answered with what belongs to it, also when its connection is reset as it is sent:
// a client of node-redis that connects again by itself may give each command the reply of the one before.
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { StoreUnavailableError } from '../../src/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { canStartRedis, startRedis } from '../servers/redis.js';

const ids = Array.from({ length: 10 }, (_, at) => `offline_own-${at}.myshopify.com`);

test.skipIf(!canStartRedis()).each([20, 400])(
  'connections that are reset as calls are sent, calls every %i ms: each is answered with its own',
  async (rest) => {
    const server = await startRedis();
    const network = await TcpProxy.start(server.port);
    const client = createClient({ url: network.through(server.url) });
    client.on('error', () => {});
    await client.connect();
    const catalog = redisCatalog(client, { deadline: 1_000 });
    onTestFinished(async () => {
      await catalog.disconnect?.();
      await network.stop();
      await server.stop();
    });
    for (const id of ids) {
      const session = { id, shop: id.slice(8), isOnline: false, state: '', accessToken: id };
      expect(await catalog.replaceSession(undefined, session)).toBe(true);
    }

    const calls: Promise<void>[] = [];
    const load = async (id: string) => {
      try {
        expect(await catalog.loadSession?.(id)).toMatchObject({ id, accessToken: id });
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
      }
    };
    // What follows a timer is queued before the process hears of the reset, and written after.
    await pause(1);
    network.cut();
    for (let turn = 0; turn < 10; turn++) {
      for (const at of ids.keys()) calls.push(load(ids[(at + turn) % ids.length] ?? ''));
      await pause(rest);
    }
    await Promise.all(calls);
  },
);
