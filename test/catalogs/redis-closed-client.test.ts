// A client that nobody has connected is connected by the catalog, as the official storage does.
import { createClient } from 'redis';
import { expect, it, onTestFinished } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';

it('a Redis catalog connects a client that is closed, once', async () => {
  const client = createClient({ url: 'redis://127.0.0.1:6379' });
  onTestFinished(async () => void (client.isOpen && (await client.close())));
  const catalog = redisCatalog(client, { sessionKeyPrefix: `closed-client-${process.pid}` });

  const found = await Promise.all([catalog.loadSession?.('a'), catalog.loadSession?.('b')]);

  expect(found).toEqual([undefined, undefined]);
  await catalog.disconnect?.();
  expect(client.isOpen).toBe(false);
});
