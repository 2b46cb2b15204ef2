import { tortureSuite } from './torture-suite.js';

await tortureSuite(
  {
    'official PostgreSQL': 400,
    'official MySQL': 400,
    'official Redis': 400,
    'official DynamoDB': 100,
    'official Prisma on SQLite': 100,
  },
  // One process has all that is stored there, and answers for it in JavaScript.
  { 'official DynamoDB': 2_000 },
);
