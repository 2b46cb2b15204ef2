import KeyvPostgres from '@keyv/postgres';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { startPostgres } from '../servers/postgres.js';
import { deadline, describeFailures } from './failure-suite.js';

describeFailures(
  'PostgreSQL, Keyv 5 and @keyv/postgres as they come',
  () => startPostgres(),
  ({ url }) => new KeyvSessionStorage(new Keyv(new KeyvPostgres({ uri: url })), { deadline }),
);

describeFailures(
  'PostgreSQL, Keyv 6 and @keyv/postgres through its bridge',
  () => startPostgres(),
  ({ url }) => new KeyvSessionStorage(new Keyv6(new KeyvPostgres({ uri: url })), { deadline }),
);

describeFailures(
  'PostgreSQL, openSessionStorage',
  () => startPostgres(),
  ({ url }) => openSessionStorage(url, { deadline }),
);
