import { tortureSuite } from './torture-suite.js';

await tortureSuite({ 'Keyv on Redis': 400, 'Keyv on PostgreSQL': 400 });
