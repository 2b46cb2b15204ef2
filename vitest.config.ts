// How `npm test` runs: few workers, since tests share servers and start some of their own, and
// limits that leave a slow machine time. No test measures time.
import { configDefaults, defineConfig } from 'vitest/config';
import { unitTests } from './vitest.unit.config.js';

/** For a run that comes after `npm run test:coverage`, which has run these. */
const hasRunUnitTests = process.env.UNIT_TESTS === 'done';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasRunUnitTests ? unitTests : [])],
    globalSetup: ['test/install-packages.js', 'test/servers/global-setup.ts'],
    // Modules that a test writes are loaded by Node.js itself, as they are by the command line.
    server: { deps: { external: [/\/canary-\w+\//] } },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    reporters: ['default'],
  },
});
