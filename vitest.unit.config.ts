// How `npm run test:unit` and `npm run test:coverage` run: the tests of the layers below the stores,
// in about a minute. No server is looked for, and test/node_modules is not installed: a test in these
// folders uses neither. `npm test` runs them too, unless they are excluded as having run: see .ci/run.
import { defineConfig } from 'vitest/config';

/** The tests that need no server. */
export const unitTests = [
  'test/{key-ring,sealed-token,session-fields,encrypted-session-storage,reencryption,runtime,errors}/**/*.test.ts',
  'test/documents/{changelog,check,code-blocks,defaults,figures,generated,images,imports,lengths-and-limits,links,paths,private-members,retired-words,row-before-and-after,sealed-fields,security,tables,workflows}.test.ts',
];

/** The layers that everything else rests on. What a thousand sessions depend on is tested whole. */
const covered = ['src/key-ring/**', 'src/sealed-token/**', 'src/session-fields/**'];
const thresholds = { statements: 97, branches: 92, functions: 100, lines: 98 };

export default defineConfig({
  test: {
    include: unitTests,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    reporters: ['default'],
    coverage: {
      provider: 'v8',
      include: covered,
      reporter: ['text'],
      thresholds: Object.fromEntries(covered.map((folder) => [folder, thresholds])),
    },
  },
});
