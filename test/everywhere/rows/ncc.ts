// ncc, which makes one file of an app.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const row: Row = {
  part: 'Bundlers',
  tool: 'ncc',
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await tryBundler(project, 'ncc', async (_project, source, folder) => {
      const ncc = project.program('@vercel/ncc/dist/ncc/cli.js');
      await project.node(ncc, ['build', source, '--out', folder, '--no-cache']);
      return { folder, file: 'index.mjs' };
    });
    return project.version('@vercel/ncc');
  },
};

export default row;
