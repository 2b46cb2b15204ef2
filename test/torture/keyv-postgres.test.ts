import { tortureSuite } from './torture-suite.js';

await tortureSuite('Keyv on PostgreSQL', 400);
