// Bundles an app, moves it to a folder without node_modules and runs it there on real servers.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from './compile.js';
import type { Project } from './project.js';
import type { ProjectDescription } from './row.js';
import { stores, tryStore } from './run-app.js';

/** What carries an app with it: its drivers are installed. `libsql` is not, as on Node 24. */
export const bundlers: ProjectDescription = {
  name: 'bundlers',
  packages: {
    '@keyv/postgres': '^2.2.3',
    '@keyv/redis': '^5.1.6',
    '@rollup/plugin-commonjs': '^29.0.0',
    '@rollup/plugin-json': '^6.1.0',
    '@rollup/plugin-node-resolve': '^16.0.0',
    '@rspack/core': '^2.0.0',
    '@shopify/shopify-api': '^15.0.0',
    '@vercel/ncc': '^0.45.0',
    bun: '^1.4.0',
    esbuild: '^0.28.0',
    keyv: '^5.6.0',
    mysql2: '^3.0.0',
    pg: '^8.22.0',
    redis: '^5.12.0',
    rolldown: '^1.0.0',
    rollup: '^4.0.0',
    'vite-7': 'npm:vite@^7.0.0',
    'vite-8': 'npm:vite@^8.0.0',
    'vite-8.0.10': 'npm:vite@8.0.10',
    webpack: '^5.0.0',
    [`node-${process.platform}-${process.arch}`]: '^24.0.0',
  },
};

/** What the rows of bundlers say they did. */
export const bundledAndRun =
  'an app over a Keyv, and one over each URL, bundled, run without node_modules on Redis, PostgreSQL, MySQL, SQLite and in memory; connections cut';

/** Bundles `source`; answers the folder to move and the file in it to run. */
export type Bundle = (
  project: Project,
  source: string,
  out: string,
) => Promise<{ readonly folder: string; readonly file: string }>;

/** Tries one bundler with both apps on each store. */
export async function tryBundler(project: Project, tool: string, bundle: Bundle): Promise<void> {
  const failures: string[] = [];
  for (const variant of ['keyv', 'url'] as const) {
    const folder = `${tool}/${variant}`;
    await project.write(
      `${folder}/server.mjs`,
      (await compiled('server/server.ts', 'module')).replace('./store.js', './store.mjs'),
    );
    await project.write(`${folder}/store.mjs`, await compiled(`server/${variant}.ts`, 'module'));
    const built = await bundle(project, `${folder}/server.mjs`, project.path(folder, 'out'));
    const moved = await mkdtemp(join(tmpdir(), 'bundled-'));
    try {
      await cp(built.folder, moved, { recursive: true });
      for (const store of stores.filter(({ variants }) => variants.includes(variant))) {
        await tryStore(project, join(moved, built.file), store, variant).catch((error: unknown) => {
          failures.push(
            `${variant}, ${store.name}: ${error instanceof Error ? error.message : error}`,
          );
        });
      }
    } finally {
      await rm(moved, { recursive: true, force: true });
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}
