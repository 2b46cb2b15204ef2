// Bun's bundler, for Node.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const row: Row = {
  part: 'Bundlers',
  tool: 'bun build',
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    const bun = project.program(`@oven/bun-${process.platform}-${process.arch}/bin/bun`);
    await tryBundler(project, 'bun', async (_project, source, folder) => {
      const output = [`--outfile=${folder}/server.mjs`];
      await project.execute(bun, ['build', source, '--target=node', ...output]);
      return { folder, file: 'server.mjs' };
    });
    return project.version('bun');
  },
};

export default row;
