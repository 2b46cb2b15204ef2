import { tortureSuite } from './torture-suite.js';

await tortureSuite(
  {
    'Keyv on Redis': 200,
    'Keyv on PostgreSQL': 200,
    'openSessionStorage on MySQL': 'in full size only',
    'openSessionStorage on SQLite': 200,
  },
  'in full size only',
);
