// esbuild, to CommonJS and to ES modules.
import { bundledAndRun, bundlers, tryBundler } from '../bundled-app.js';
import type { Row } from '../row.js';

/** What esbuild's users put before ES modules that hold CommonJS, such as pg. */
const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const formats = [
  { format: 'cjs', name: 'CommonJS', file: 'server.cjs', options: [] },
  { format: 'esm', name: 'ES module', file: 'server.mjs', options: [`--banner:js=${banner}`] },
];

const rows: Row[] = formats.map(({ format, name, file, options }) => ({
  part: 'Bundlers',
  tool: `esbuild, ${name}`,
  done: bundledAndRun,
  project: bundlers,
  async run(project) {
    await tryBundler(project, `esbuild-${format}`, async (_project, source, folder) => {
      const output = [`--outfile=${folder}/${file}`, `--format=${format}`, ...options];
      const parameters = [source, '--bundle', '--platform=node', ...output];
      await project.node(project.program('esbuild/bin/esbuild'), parameters);
      return { folder, file };
    });
    return project.version('esbuild');
  },
}));

export default rows;
