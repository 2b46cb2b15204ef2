import { canStartRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { keyvRedisCluster } from './backends/keyv-redis-cluster.js';
import { sessionStorageConformance } from './conformance.js';

sessionStorageConformance(keyvRedisCluster, {
  canStart: canStartRedis(),
  async server() {
    const { urls, stop } = await startRedisCluster(3);
    return { url: urls.join(' '), stop };
  },
});
