// Package managers that lay packages out in ways of their own: each peer is found where the app has it, and
// named with the line that installs it where it has not; the program starts.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from '../compile.js';
import { Project, packageName } from '../project.js';
import type { ProjectDescription, Row } from '../row.js';

const project: ProjectDescription = {
  name: 'package-managers',
  packages: { '@yarnpkg/cli-dist': '^4.18.0', bun: '^1.4.0', pnpm: '^10.0.0' },
};

interface Manager {
  readonly tool: string;
  /** Its package, for the version. */
  readonly name: string;
  /** Its program, in node_modules, and whether Node.js runs it. */
  readonly program: string;
  readonly isScript: boolean;
  /** What installs, what runs a script of the app's, and what runs a package's program. */
  readonly install: readonly string[];
  readonly run?: readonly string[];
  readonly exec: readonly string[];
  /** Files that set it up. */
  readonly files?: Readonly<Record<string, string>>;
}

const yarn = {
  name: '@yarnpkg/cli-dist',
  program: '@yarnpkg/cli-dist/bin/yarn.js',
  isScript: true,
  install: ['install', '--no-immutable'],
  exec: ['run'],
} as const;
const yarnFiles = (linker: string) => ({
  'yarn.lock': '',
  '.yarnrc.yml': `nodeLinker: ${linker}\nenableTelemetry: false\nenableScripts: false\n`,
});
const bun = {
  name: 'bun',
  program: `@oven/bun-${process.platform}-${process.arch}/bin/bun`,
  isScript: false,
  exec: ['x', '--no-install'],
} as const;

const managers: readonly Manager[] = [
  {
    tool: 'pnpm',
    name: 'pnpm',
    program: 'pnpm/bin/pnpm.cjs',
    isScript: true,
    install: ['install', '--ignore-scripts', '--no-frozen-lockfile'],
    exec: ['exec'],
  },
  { tool: 'Yarn, Plug’n’Play', ...yarn, run: ['node'], files: yarnFiles('pnp') },
  { tool: 'Yarn, node-modules', ...yarn, files: yarnFiles('node-modules') },
  { tool: 'bun install', ...bun, install: ['install', '--ignore-scripts'] },
  {
    tool: 'bun install, isolated',
    ...bun,
    install: ['install', '--ignore-scripts', '--linker', 'isolated'],
  },
];

async function tryManager(tools: Project, manager: Manager, folder: string): Promise<void> {
  const app = new Project(folder);
  const { dependencies } = JSON.parse(await readFile(tools.path('package.json'), 'utf8'));
  const manage = (args: readonly string[], env = {}) => {
    const program = tools.program(manager.program);
    return manager.isScript
      ? app.node(program, args, { env })
      : app.execute(program, args, { env });
  };
  const installWith = async (packages: object) => {
    const ours = { [packageName]: dependencies[packageName], '@shopify/shopify-api': '^15.0.0' };
    const description = { name: 'app', private: true, dependencies: { ...ours, ...packages } };
    await app.write('package.json', JSON.stringify(description));
    await manage(manager.install);
  };
  for (const [name, text] of Object.entries(manager.files ?? {})) await app.write(name, text);
  await app.write('main.mjs', await compiled('missing/main.ts', 'module'));
  await app.write('main.cjs', await compiled('missing/main.ts', 'commonjs'));

  await installWith({});
  for (const file of ['main.mjs', 'main.cjs']) {
    const output =
      manager.run === undefined ? await app.node(file) : await manage([...manager.run, file]);
    if (!output.includes('done')) throw new Error(`${file}: ${output}`);
  }
  const program = (...args: string[]) => [...manager.exec, 'encrypted-sessions', ...args];
  const key = /^SESSION_ENCRYPTION_KEYS=(\S+)$/m.exec(await manage(program('keygen')))?.[1];
  if (key === undefined) throw new Error('keygen prints no key.');

  await installWith({ pg: '^8.0.0' });
  const looked = await manage(program('status', '--store', 'postgres://127.0.0.1:1/app'), {
    SESSION_ENCRYPTION_KEYS: key,
  }).catch(String);
  // It got as far as the server.
  if (!looked.includes('ECONNREFUSED')) throw new Error(looked);
}

const rows: Row[] = managers.map((manager) => ({
  part: 'Test runners and loaders',
  tool: manager.tool,
  done: 'an app without any optional package, in ES modules and in CommonJS: each URL names the package to install; the command line, without `pg` and with it',
  project,
  async run(tools) {
    const folder = await mkdtemp(join(tmpdir(), 'package-managers-'));
    try {
      await tryManager(tools, manager, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return tools.version(manager.name);
  },
}));

export default rows;
