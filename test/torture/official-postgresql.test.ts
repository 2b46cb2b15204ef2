import { tortureSuite } from './torture-suite.js';

await tortureSuite('official PostgreSQL', 400);
