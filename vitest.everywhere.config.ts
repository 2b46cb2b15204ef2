// How `npm run test:everywhere` runs: one tool after the other, each in its own folder outside the
// repository. `npm run test:everywhere -- --mode quick` takes those that run at every change.
import { defineConfig } from 'vitest/config';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether only the rows marked `quick` are tried. */
    quick: boolean;
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/everywhere/everywhere.rows.ts', 'test/examples/installed-examples.rows.ts'],
    // Many installations at once do not help each other; the few of a quick run do.
    fileParallelism: mode === 'quick',
    globalSetup: ['test/servers/global-setup.ts', 'test/everywhere/pack-package.ts'],
    provide: { quick: mode === 'quick' },
    pool: 'forks',
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ['default'],
  },
}));
