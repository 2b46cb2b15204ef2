import { tortureSuite } from './torture-suite.js';

await tortureSuite('official Prisma on SQLite', 100);
