// Bundles an app, moves it to a folder without node_modules and runs it there on real servers.
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from './compile.js';
import { mysqlPlace, type Place, postgresPlace, redisPlace } from './places.js';
import type { Project } from './project.js';
import type { ProjectDescription } from './row.js';

/** What carries an app with it: its drivers are installed. `libsql` is not, as on Node 24. */
export const bundlers: ProjectDescription = {
  name: 'bundlers',
  packages: {
    '@keyv/postgres': '^2.2.3',
    '@keyv/redis': '^5.1.6',
    '@rollup/plugin-commonjs': '^29.0.0',
    '@rollup/plugin-json': '^6.1.0',
    '@rollup/plugin-node-resolve': '^16.0.0',
    '@shopify/shopify-api': '^15.0.0',
    '@vercel/ncc': '^0.45.0',
    esbuild: '^0.28.0',
    keyv: '^5.6.0',
    mysql2: '^3.0.0',
    pg: '^8.22.0',
    redis: '^5.12.0',
    rollup: '^4.0.0',
    'vite-7': 'npm:vite@^7.0.0',
    'vite-8': 'npm:vite@^8.0.0',
    webpack: '^5.0.0',
    [`node-${process.platform}-${process.arch}`]: '^24.0.0',
  },
};

/** Node with its own SQLite. */
const newNode = `node-${process.platform}-${process.arch}/bin/node`;

interface Store {
  readonly name: string;
  readonly variants: readonly ('keyv' | 'url')[];
  /** Of the projects's packages. Default: the Node that runs the tests. */
  readonly node?: string;
  create(): Promise<Place>;
}

const embedded = (url: string) => async () => ({ url, remove: async () => {} });

const stores: readonly Store[] = [
  { name: 'memory', variants: ['keyv', 'url'], create: embedded('memory:') },
  { name: 'sqlite', variants: ['url'], create: embedded('sqlite:sessions.db'), node: newNode },
  { name: 'redis', variants: ['keyv', 'url'], create: redisPlace },
  { name: 'postgres', variants: ['keyv', 'url'], create: postgresPlace },
  { name: 'mysql', variants: ['url'], create: mysqlPlace },
];

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
        await tryStore(project, moved, built.file, store, variant).catch((error: unknown) => {
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

async function tryStore(
  project: Project,
  folder: string,
  file: string,
  store: Store,
  variant: string,
): Promise<void> {
  const place = await store.create();
  const node = store.node === undefined ? process.execPath : project.program(store.node);
  const key = randomBytes(32).toString('base64url');
  const env = {
    STORE_URL: place.url,
    PLACE: `everywhere-${randomBytes(6).toString('hex')}`,
    SESSION_ENCRYPTION_KEYS: `k1:${key}`,
  };
  const app = project.start(node, [join(folder, file)], { cwd: folder, env });
  try {
    await ask(app, 'store', 'loaded');
    // @keyv/postgres ends the process then, as the documents say.
    if (place.cutConnections !== undefined && variant === 'url') {
      await place.cutConnections();
      await ask(app, 'load', 'loaded');
    }
    await ask(app, 'remove', 'removed');
    app.say('end');
    await app.end();
  } finally {
    app.kill();
    await place.remove();
  }
}

async function ask(
  app: ReturnType<Project['start']>,
  command: string,
  expected: string,
): Promise<void> {
  app.say(command);
  const answer = await app.line(`${command}: `);
  if (answer !== expected) throw new Error(answer);
}
