import KeyvPostgres from '@keyv/postgres';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { startPostgres } from '../servers/postgres.js';
import { deadline, describeFailures } from './failure-suite.js';

/**
 * As it comes, the adapter's pool waits for ever for a connection or an answer, and a connection that
 * is lost while it is idle ends the process: the pool has no listener for errors, and hides.
 */
const settings = (uri: string) => ({
  uri,
  connectionTimeoutMillis: 2 * deadline,
  query_timeout: 2 * deadline,
  idleTimeoutMillis: 1,
});

describeFailures(
  'PostgreSQL, Keyv 5 and @keyv/postgres with the settings that the documents name',
  () => startPostgres(),
  ({ url }) => new KeyvSessionStorage(new Keyv(new KeyvPostgres(settings(url))), { deadline }),
);

describeFailures(
  'PostgreSQL, Keyv 6 and @keyv/postgres through its bridge, with these settings',
  () => startPostgres(),
  ({ url }) => new KeyvSessionStorage(new Keyv6(new KeyvPostgres(settings(url))), { deadline }),
);

describeFailures(
  'PostgreSQL, openSessionStorage',
  () => startPostgres(),
  ({ url }) => openSessionStorage(url, { deadline }),
);
