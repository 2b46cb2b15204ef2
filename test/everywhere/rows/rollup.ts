// Rollup with its own plugins.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const config = `
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
export default { plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()] };
`;

const row: Row = {
  part: 'Bundlers',
  tool: 'Rollup',
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await project.write('rollup.config.mjs', config);
    await tryBundler(project, 'rollup', async (_project, source, folder) => {
      const output = [
        '--dir',
        folder,
        '--format',
        'es',
        '--entryFileNames',
        '[name].mjs',
        '--chunkFileNames',
        '[name]-[hash].mjs',
      ];
      await project.node(project.program('rollup/dist/bin/rollup'), [
        '--config',
        'rollup.config.mjs',
        '--input',
        source,
        ...output,
      ]);
      return { folder, file: 'server.mjs' };
    });
    return project.version('rollup');
  },
};

export default row;
