import { canStartPostgres } from '../servers/postgres.js';
import { describeFaults } from './fault-suite.js';

describeFaults('postgres', canStartPostgres(), [
  ['server killed and restarted', 'Keyv 5, @keyv/postgres'],
  ['network silent', 'openSessionStorage, PostgreSQL'],
  ['failed over to a standby, the server is gone', 'openSessionStorage, PostgreSQL'],
  ['serializable isolation', 'openSessionStorage, PostgreSQL'],
]);
