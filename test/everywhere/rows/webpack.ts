// webpack 5 for Node.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const build = `
import webpack from 'webpack';
const [entry, path] = process.argv.slice(2);
const output = { path, filename: 'server.cjs', chunkFilename: '[id].cjs', library: { type: 'commonjs2' } };
webpack({ mode: 'production', target: 'node', entry, output, performance: false }, (error, stats) => {
  if (error !== null || stats.hasErrors()) {
    console.error(error ?? stats.toString({ all: false, errors: true }));
    process.exit(1);
  }
});
`;

const row: Row = {
  part: 'Bundlers',
  tool: 'webpack',
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await project.write('build-webpack.mjs', build);
    await tryBundler(project, 'webpack', async (_project, source, folder) => {
      await project.node('build-webpack.mjs', [project.path(source), folder]);
      return { folder, file: 'server.cjs' };
    });
    return project.version('webpack');
  },
};

export default row;
