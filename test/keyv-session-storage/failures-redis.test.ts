import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { startRedis } from '../servers/redis.js';
import { deadline, describeFailures } from './failure-suite.js';

describeFailures(
  'Redis, Keyv 5 and @keyv/redis as they come',
  () => startRedis(),
  ({ url }) => new KeyvSessionStorage(new Keyv(new KeyvRedis(url)), { deadline }),
);

describeFailures(
  'Redis, Keyv 6 and @keyv/redis through its bridge',
  () => startRedis(),
  ({ url }) => new KeyvSessionStorage(new Keyv6(new KeyvRedis(url)), { deadline }),
);

describeFailures(
  'Redis, openSessionStorage',
  () => startRedis(),
  ({ url }) => openSessionStorage(url, { deadline }),
);
