// How `npm test` runs: more workers than two cores, since many tests wait for servers, and limits that
// leave a slow machine time. No test measures time.
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { unitTests } from './vitest.unit.config.js';

/** For a run that comes after `npm run test:coverage`, which has run these. */
const hasRunUnitTests = process.env.UNIT_TESTS === 'done';

/** Files that take long, the longest first: begun last, they would run when all others are done. */
const long = [
  'cli/server-failures',
  'torture/official-storages',
  'catalogs/official-prisma-on-servers',
  'catalogs/batches-that-fail',
  'conformance/keyv-postgres',
  'faults/',
  'keyv-session-storage/index-under-fire',
  'torture/',
  'catalogs/official-',
  'flows/flows',
  'conformance/official-prisma',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.includes(`/test/${name}`));
      return at === -1 ? long.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(hasRunUnitTests ? unitTests : [])],
    globalSetup: ['test/install-packages.js', 'test/servers/global-setup.ts'],
    // Modules that a test writes are loaded by Node.js itself, as they are by the command line.
    server: { deps: { external: [/\/canary-\w+\//] } },
    pool: 'forks',
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 20_000,
    reporters:
      process.env.FAULTS === undefined
        ? ['default']
        : ['default', './test/faults/table-reporter.ts'],
  },
});
