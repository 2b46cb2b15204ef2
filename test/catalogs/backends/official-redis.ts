// The catalog of @shopify/shopify-app-session-storage-redis.
import { redisCatalog } from '../../../src/catalogs/redis/index.js';
import { officialRedis } from '../../conformance/backends/official-redis.js';
import { redisClient } from '../../servers/redis.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const redisBackend: CatalogBackend = {
  ...officialRedis,
  async connect(place) {
    const { storage, close } = await officialRedis.connect(place);
    const client = redisClient(place.server ?? '');
    await client.connect();
    const catalog = redisCatalog(client, { sessionKeyPrefix: place.prefix ?? '' });
    return {
      storage,
      catalog,
      async damage(id) {
        const key = `${place.prefix}_${id}`;
        const entries: [string, unknown][] = JSON.parse((await client.get(key)) ?? '');
        await client.set(key, JSON.stringify(entries.filter(([name]) => name !== 'shop')));
        return () => client.del(key);
      },
      async close() {
        await catalog.disconnect?.();
        await close();
      },
    };
  },
};
