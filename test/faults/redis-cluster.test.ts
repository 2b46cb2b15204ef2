import { canStartRedis } from '../servers/redis.js';
import { describeFaults } from './fault-suite.js';

describeFaults('redis-cluster', canStartRedis(), [
  ['a node of the cluster killed and restarted', 'openSessionStorage over a cluster client'],
  ['failed over in the cluster, on request', 'Keyv 5, @keyv/redis on a cluster'],
]);
