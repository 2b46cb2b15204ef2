import { tortureSuite } from './torture-suite.js';

await tortureSuite({
  'official PostgreSQL': 400,
  'official MySQL': 400,
  'official Redis': 400,
  'official Prisma on SQLite': 100,
});
