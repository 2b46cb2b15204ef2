import { canStartRedis } from '../servers/redis.js';
import { describeFaults } from './fault-suite.js';

describeFaults('redis-sentinel', canStartRedis(), [
  ['network silent', 'Keyv 5, @keyv/redis behind sentinels'],
]);
