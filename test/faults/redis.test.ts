import { canStartRedis } from '../servers/redis.js';
import { describeFaults } from './fault-suite.js';

describeFaults('redis', canStartRedis(), [
  ['server killed and restarted', 'openSessionStorage, Redis'],
  ['network silent', 'Keyv 5, @keyv/redis'],
  ['network silent from the start', 'openSessionStorage, Redis'],
  ['failed over to a replica, the server lives on read-only', 'openSessionStorage, Redis'],
]);
