import { canStartPostgres } from '../servers/postgres.js';
import { describeFaults } from './fault-suite.js';

describeFaults('postgres', canStartPostgres(), [
  ['server killed and restarted', 'openSessionStorage, PostgreSQL'],
]);
