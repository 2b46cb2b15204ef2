// @shopify/shopify-app-session-storage-redis
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { type Backend, officialCapabilities, type Place, uniqueName } from '../backend.js';
import { redisContents, removeRedisKeys } from './redis-contents.js';

export const officialRedis: Backend = {
  name: 'official Redis',
  server: 'redis',
  // Its list of a shop's sessions is read, changed and written back: of two writers one loses.
  capabilities: { ...officialCapabilities, exactIndex: false },
  create: async (server) => ({ server, prefix: uniqueName() }),
  async connect({ server, prefix }: Place) {
    const storage = new RedisSessionStorage(server ?? '', { sessionKeyPrefix: prefix ?? '' });
    await storage.ready;
    return {
      storage,
      raw: () => redisContents(server ?? '', `${prefix}*`),
      close: () => storage.disconnect(),
    };
  },
  drop: ({ server, prefix }) => removeRedisKeys(server ?? '', `${prefix}*`),
};
