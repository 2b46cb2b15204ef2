import { canStartRedis } from '../servers/redis.js';
import { describeFaults } from './fault-suite.js';

describeFaults('redis', canStartRedis(), [
  ['server killed and restarted', 'openSessionStorage, Redis'],
]);
