// Bundles of an app that has none of the optional packages: the build goes on, and the app says at
// run time what it lacks.
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundlers } from '../bundled-app.js';
import { compiled } from '../compile.js';
import type { Project } from '../project.js';
import type { Row } from '../row.js';

const tools = [
  '@rollup/plugin-commonjs',
  '@rollup/plugin-node-resolve',
  '@vercel/ncc',
  'esbuild',
  'rollup',
  'vite-7',
  'vite-8',
  'webpack',
];
const packages = Object.fromEntries(tools.map((name) => [name, bundlers.packages[name] ?? '']));

/** By name of the tool: how it makes `out/main.mjs` of `main.mjs`. */
const bundlings: Readonly<Record<string, (project: Project) => Promise<unknown>>> = {
  esbuild: (project) =>
    project.node(project.program('esbuild/bin/esbuild'), [
      'main.mjs',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--outfile=out/main.mjs',
    ]),
  rollup: async (project) => {
    await project.write(
      'rollup.config.mjs',
      `import commonjs from '@rollup/plugin-commonjs';
      import { nodeResolve } from '@rollup/plugin-node-resolve';
      export default { input: 'main.mjs', output: { dir: 'out', entryFileNames: '[name].mjs' }, plugins: [nodeResolve({ preferBuiltins: true }), commonjs()] };`,
    );
    await project.node(project.program('rollup/dist/bin/rollup'), [
      '--config',
      'rollup.config.mjs',
    ]);
  },
  webpack: webpack({}),
  'webpack, aliases': webpack({
    pg: false,
    'mysql2/promise': false,
    redis: false,
    libsql: false,
    '@shopify/shopify-api': false,
  }),
  'vite-7': vite('vite-7'),
  'vite-8': vite('vite-8'),
  '@vercel/ncc': async (project) => {
    const ncc = project.program('@vercel/ncc/dist/ncc/cli.js');
    await project.node(ncc, ['build', 'main.mjs', '--out', 'out', '--no-cache']);
    await rename(project.path('out/index.mjs'), project.path('out/main.mjs'));
  },
};

/** With `alias`, which replaces what it names with an empty module. */
function webpack(alias: Readonly<Record<string, false>>) {
  return async (project: Project) => {
    await project.write(
      'webpack.mjs',
      `import webpack from 'webpack';
      const output = { path: ${JSON.stringify(project.path('out'))}, filename: 'main.mjs', chunkFilename: '[id].mjs', module: true };
      const options = { mode: 'production', target: 'node20', entry: './main.mjs', output, resolve: { alias: ${JSON.stringify(alias)} }, experiments: { outputModule: true } };
      webpack(options, (error, stats) => {
        if (error !== null || stats.hasErrors()) {
          console.error(error ?? stats.toString({ all: false, errors: true }));
          process.exit(1);
        }
      });`,
    );
    await project.node('webpack.mjs');
  };
}

function vite(name: string) {
  return async (project: Project) => {
    const options = { output: { entryFileNames: '[name].mjs' } };
    const build = { rolldownOptions: options, rollupOptions: options, target: 'esnext' };
    const config = { ssr: { noExternal: true }, build, logLevel: 'error' };
    await project.write('vite.config.mjs', `export default ${JSON.stringify(config)};`);
    const parameters = ['build', '--ssr', 'main.mjs', '--outDir', 'out'];
    await project.node(project.program(`${name}/bin/vite.js`), parameters);
  };
}

const names: Readonly<Record<string, string>> = {
  '@vercel/ncc': 'ncc',
  rollup: 'Rollup',
  'vite-7': 'Vite 7, SSR',
  'vite-8': 'Vite 8, SSR',
  'webpack, aliases': 'webpack, with aliases to `false`',
};

const rows: Row[] = Object.entries(bundlings).map(([tool, bundle]) => ({
  part: 'Bundlers',
  tool: names[tool] ?? tool,
  done: 'an app without any optional package: the build passes, and each URL names the package to install',
  quick: tool === 'esbuild',
  project: { name: 'bundlers-bare', packages },
  async run(project) {
    await rm(project.path('out'), { recursive: true, force: true });
    await project.write('main.mjs', await compiled('missing/main.ts', 'module'));
    await bundle(project);
    const moved = await mkdtemp(join(tmpdir(), 'bundled-'));
    try {
      await cp(project.path('out'), moved, { recursive: true });
      const output = await project.node(join(moved, 'main.mjs'), [], { cwd: moved });
      if (!output.includes('done')) throw new Error(output);
    } finally {
      await rm(moved, { recursive: true, force: true });
    }
    return project.version(tool.split(',')[0] ?? tool);
  },
}));

export default rows;
