// The runtimes of servers: each release of Node that is supported, Bun and Deno.
import { compiled } from '../compile.js';
import { keys } from '../exchange-keys.js';
import type { Project } from '../project.js';
import type { ProjectDescription, RuntimeRow } from '../row.js';

const target = `${process.platform}-${process.arch}`;
const nodeVersions = ['20.19', '22', '24', '26'];

const project: ProjectDescription = {
  name: 'runtimes',
  packages: {
    '@shopify/shopify-api': '^15.0.0',
    bun: '^1.4.0',
    deno: '^2.9.0',
    keyv: '^5.6.0',
    ...Object.fromEntries(
      nodeVersions.map((version) => [`node-${version}`, `npm:node-${target}@${version}`]),
    ),
  },
};

interface Runtime {
  readonly tool: string;
  readonly version: string;
  /** The program, in node_modules. */
  readonly program: string;
  readonly parameters: readonly string[];
}

const denoTarget = process.platform === 'linux' ? `${target}-glibc` : target;
const runtimes: readonly Runtime[] = [
  ...nodeVersions.map((version) => ({
    tool: `Node.js ${version.split('.')[0]}`,
    version: `node-${version}`,
    program: `node-${version}/bin/node`,
    parameters: [],
  })),
  { tool: 'Bun', version: 'bun', program: `@oven/bun-${target}/bin/bun`, parameters: ['run'] },
  {
    tool: 'Deno',
    version: 'deno',
    program: `@deno/${denoTarget}/deno`,
    parameters: ['run', '-A'],
  },
];

async function run(folder: Project, runtime: Runtime, args: string[], input = ''): Promise<string> {
  await folder.write('exchange.mjs', await compiled('exchange.ts', 'module'));
  await folder.write('scenario.mjs', await compiled('scenario.ts', 'module'));
  await folder.write('main.mjs', await compiled('runtimes/main.ts', 'module'));
  const parameters = [...runtime.parameters, 'main.mjs', ...args];
  const output = await folder.execute(folder.program(runtime.program), parameters, {
    env: { KEYS: keys },
    input,
  });
  return output.trim().split('\n').at(-1) ?? '';
}

const rows: RuntimeRow[] = runtimes.map((runtime) => ({
  part: 'Runtimes',
  tool: runtime.tool,
  done: 'import and require are one copy; an app over a Keyv and over a URL; opens what the others seal',
  project,
  async run(folder) {
    const output = await run(folder, runtime, ['check']);
    if (output !== 'checked') throw new Error(output);
    return folder.version(runtime.version);
  },
  seal: (folder) => run(folder, runtime, ['seal', runtime.version]),
  async open(folder, sealed) {
    const output = await run(folder, runtime, ['open'], JSON.stringify(sealed));
    if (output !== `opened ${sealed.length}`) throw new Error(output);
  },
}));

export default rows;
