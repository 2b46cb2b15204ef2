import { tortureSuite } from './torture-suite.js';

await tortureSuite({
  'Keyv on Redis': 400,
  'Keyv on PostgreSQL': 400,
  'openSessionStorage on MySQL': 'in full size only',
  'openSessionStorage on SQLite': 200,
});
