import { tortureSuite } from './torture-suite.js';

await tortureSuite(
  {
    'official PostgreSQL': 200,
    'official MySQL': 200,
    'official Redis': 200,
    'official DynamoDB': 100,
    // Some twenty processes each, and several packages take long to load.
    'official SQLite': 'in full size only',
    'official MongoDB': 'in full size only',
    'official Prisma on SQLite': 'in full size only',
    'official Prisma on PostgreSQL': 'in full size only',
    'official Prisma on MySQL': 'in full size only',
    'official Drizzle on SQLite': 'in full size only',
    'official Drizzle on PostgreSQL': 'in full size only',
    'official Drizzle on MySQL': 'in full size only',
  },
  'official PostgreSQL',
  // One process has all that is stored there, and answers for it in JavaScript.
  { 'official MongoDB': 5_000, 'official DynamoDB': 2_000 },
);
