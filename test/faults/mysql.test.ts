import { canStartMysql } from '../servers/mysql.js';
import { describeFaults } from './fault-suite.js';

describeFaults('mysql', canStartMysql(), [
  ['server killed and restarted', 'openSessionStorage, MySQL'],
  ['network silent', 'openSessionStorage, MySQL'],
]);
