// A client need not be connected: the catalog has connections of its own.
import { createClient } from 'redis';
import { expect, it, onTestFinished } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';

it('a Redis catalog needs no connected client, and can be disconnected', async () => {
  const client = createClient({ url: 'redis://127.0.0.1:6379' });
  onTestFinished(async () => void (client.isOpen && (await client.close())));
  const catalog = redisCatalog(client, { sessionKeyPrefix: `closed-client-${process.pid}` });

  const found = await Promise.all([catalog.loadSession?.('a'), catalog.loadSession?.('b')]);

  expect(found).toEqual([undefined, undefined]);
  await catalog.disconnect?.();
  expect(client.isOpen).toBe(false);
});
