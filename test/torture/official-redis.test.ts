import { tortureSuite } from './torture-suite.js';

await tortureSuite('official Redis', 400);
