import { tortureSuite } from './torture-suite.js';

await tortureSuite('official MySQL', 400);
