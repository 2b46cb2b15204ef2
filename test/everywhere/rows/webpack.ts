// webpack 5 and Rspack, which takes the same configuration, for Node.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

const build = `
const [name, entry, path] = process.argv.slice(2);
const { webpack, rspack } = await import(name).then((all) => ({ webpack: all.default, ...all }));
const output = { path, filename: 'server.cjs', chunkFilename: '[id].cjs', library: { type: 'commonjs2' } };
(rspack ?? webpack)({ mode: 'production', target: 'node', entry, output, performance: false }, (error, stats) => {
  if (error !== null || stats.hasErrors()) {
    console.error(error ?? stats.toString({ all: false, errors: true }));
    process.exit(1);
  }
});
`;

const rows: Row[] = Object.entries({ webpack: 'webpack', Rspack: '@rspack/core' }).map(
  ([tool, name]) => ({
    part: 'Bundlers',
    tool,
    done: bundledAndRun,
    project: bundlers,
    async run(project) {
      await project.write('build-webpack.mjs', build);
      await tryBundler(project, tool.toLowerCase(), async (_project, source, folder) => {
        await project.node('build-webpack.mjs', [name, project.path(source), folder]);
        return { folder, file: 'server.cjs' };
      });
      return project.version(name);
    },
  }),
);

export default rows;
