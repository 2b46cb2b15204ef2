// A Redis client doing the least that stores sessions and finds those of a shop: no class, no
// encryption, no care for what two processes do at once, nothing taken off the list of a shop.
import type { Session } from '@shopify/shopify-api';
import { createClient } from 'redis';
import type { StorageUnderTest, TestedStorage } from './storage-under-test.js';

export async function bareRedis(url: string, prefix: string): Promise<StorageUnderTest> {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  const keyOf = (id: string) => `${prefix}:bare:${id}`;
  const listOf = (shop: string) => `${prefix}:bare-shop:${shop}`;
  const storage: TestedStorage = {
    async storeSession(session: Session) {
      const key = keyOf(session.id);
      // Sent together: one round trip.
      await Promise.all([
        client.set(key, JSON.stringify(session)),
        client.sAdd(listOf(session.shop), key),
      ]);
      return true;
    },
    async loadSession(id) {
      const text = await client.get(keyOf(id));
      return text === null ? undefined : JSON.parse(text);
    },
    async findSessionsByShop(shop) {
      const keys = await client.sMembers(listOf(shop));
      if (keys.length === 0) return [];
      const texts = await client.mGet(keys);
      return texts.filter((text) => text !== null).map((text) => JSON.parse(text));
    },
    async deleteSession(id) {
      await client.unlink(keyOf(id));
      return true;
    },
    async deleteSessions(ids) {
      await client.unlink(ids.map(keyOf));
      return true;
    },
  };
  return { name: 'bare client', storage, close: () => client.close() };
}
