// No listing of a store ends as if it were complete where it is not.
import { expect, test } from 'vitest';
import { LockedStore } from '../../src/atomic-store/index.js';
import { StoreAccess } from '../../src/store-access/index.js';
import { RedisCommands, type RedisSource } from '../../src/store-access/redis/index.js';

test('over a Keyv adapter whose listing fails for a reason that passes', async () => {
  async function* entries() {
    for (let at = 0; at < 600; at++) yield [`key-${at}`, 'value'];
    throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
  }
  const answer = () => undefined;
  const store = new LockedStore({ get: answer, set: answer, delete: answer, iterator: entries });
  const access = new StoreAccess('the test store', 5000);
  const page = (cursor?: unknown) => access.run({}, () => store.page('key-', cursor));
  const { next } = await page();
  await expect(page(next)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
});

test('over a Redis Cluster that has lost a node since the last step', async () => {
  const source: RedisSource = { kind: 'cluster', send: async () => [], masters: async () => [] };
  const redis = new RedisCommands(source);
  const { signal } = new AbortController();
  await expect(redis.keys('*', { node: 1, cursor: '0' }, signal)).rejects.toThrow('is missing');
  await expect(redis.keys('*', undefined, signal)).rejects.toThrow('is missing');
});
