// Runtimes without Node: Cloudflare Workers, with and without Node's modules, and the edge runtime
// of Vercel and Next.
import { compiled } from '../compile.js';
import { keys } from '../exchange-keys.js';
import type { Project } from '../project.js';
import type { ProjectDescription, RuntimeRow } from '../row.js';

const newNode = `node-${process.platform}-${process.arch}`;

const project: ProjectDescription = {
  name: 'edge',
  packages: {
    '@shopify/shopify-api': '^15.0.0',
    '@shopify/shopify-app-session-storage-kv': '^8.0.0',
    'edge-runtime': '^4.0.0',
    esbuild: '^0.28.0',
    miniflare: '^4.0.0',
    [newNode]: '^24.0.0',
  },
};

interface Runtime {
  readonly name: string;
  readonly tool: string;
  readonly done: string;
  readonly version: string;
  readonly quick?: boolean;
  readonly source: 'worker' | 'edge';
  /** Of esbuild. */
  readonly bundling: readonly string[];
  /** What the script that runs it gets beside the bundle and the command. */
  readonly parameters: readonly string[];
}

// As Wrangler does it.
const forWorkers = [
  '--format=esm',
  '--conditions=workerd,worker,browser',
  '--main-fields=browser,module,main',
];
const onKv =
  'over the official KV storage; a storage and a key ring of the module, used by many requests, through a rotation';
const opens = 'opens what the others seal';

const runtimes: readonly Runtime[] = [
  {
    name: 'workers',
    tool: 'Cloudflare Workers',
    done: `${onKv}; ${opens}`,
    version: 'workerd',
    quick: true,
    source: 'worker',
    bundling: forWorkers,
    parameters: [''],
  },
  {
    name: 'workers-nodejs',
    tool: 'Cloudflare Workers, nodejs_compat',
    done: `${onKv}; ${opens}`,
    version: 'workerd',
    source: 'worker',
    bundling: [...forWorkers, '--external:node:*'],
    parameters: ['nodejs_compat'],
  },
  {
    name: 'edge',
    tool: 'Edge runtime of Vercel and Next',
    done: `a process that throws when it is looked at; ${opens}`,
    version: 'edge-runtime',
    source: 'edge',
    bundling: ['--format=iife', '--conditions=edge-light,worker,browser'],
    parameters: [],
  },
];

async function run(folder: Project, runtime: Runtime, args: string[], input = ''): Promise<string> {
  const { name, source, bundling, parameters } = runtime;
  await folder.write(`${name}/exchange.mjs`, await compiled('exchange.ts', 'module'));
  await folder.write(`${name}/app.mjs`, await compiled(`runtimes/${source}.ts`, 'module'));
  const script = await folder.copy(`runtimes/run-${source}.mjs`, `run-${source}.mjs`);
  const bundle = folder.path(name, 'bundle.js');
  const bundler = [`${name}/app.mjs`, '--bundle', `--outfile=${bundle}`, ...bundling];
  await folder.node(folder.program('esbuild/bin/esbuild'), bundler);
  const options = { env: { KEYS: keys }, input };
  const node = folder.program(`${newNode}/bin/node`);
  const output = await folder.execute(node, [script, bundle, ...parameters, ...args], options);
  return output.trim().split('\n').at(-1) ?? '';
}

const rows: RuntimeRow[] = runtimes.map((runtime) => ({
  part: 'Runtimes',
  tool: runtime.tool,
  done: runtime.done,
  quick: runtime.quick === true,
  project,
  async run(folder) {
    const output = await run(folder, runtime, ['check']);
    if (output !== 'checked') throw new Error(output);
    if (runtime.source === 'worker') {
      const kids = await run(folder, runtime, ['share']);
      if (kids !== 'first,second') throw new Error(kids);
    }
    return folder.version(runtime.version);
  },
  seal: (folder) => run(folder, runtime, ['seal', runtime.name]),
  async open(folder, sealed) {
    const output = await run(folder, runtime, ['open'], JSON.stringify(sealed));
    if (output !== `opened ${sealed.length}`) throw new Error(output);
  },
}));

export default rows;
