// Rolldown, on which tsdown and Vite 8 are built, with its settings for Node.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const row: Row = {
  part: 'Bundlers',
  tool: 'Rolldown',
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await tryBundler(project, 'rolldown', async (_project, source, folder) => {
      const output = ['--dir', folder, '--format', 'esm', '--entry-file-names', '[name].mjs'];
      const parameters = [source, '--platform', 'node', ...output];
      await project.node(project.program('rolldown/bin/cli.mjs'), parameters);
      return { folder, file: 'server.mjs' };
    });
    return project.version('rolldown');
  },
};

export default row;
