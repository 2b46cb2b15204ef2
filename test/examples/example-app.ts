// Starts an example as its README says, in a folder where its packages are found, with Shopify played by
// the fake one.
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';
import { generateKey } from '../../src/index.js';
import { compile, createAppFolder } from '../documents/app-folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the folder of the examples, with this package installed and the fake Shopify beside them. */
export async function createExamples(): Promise<string> {
  const folder = await createAppFolder('examples');
  const fake = ['-p', 'demo/tsconfig.json', '--noCheck', '--outDir', join(folder, 'fake')];
  const complaint = await compile(root, ...fake);
  if (complaint !== '') throw new Error(complaint);
  await cp(join(root, 'examples'), folder, { recursive: true });
  // shopify-api 5 under its own name, without the SQLite driver that it would have to compile.
  await mkdir(join(folder, 'legacy-context/node_modules/@shopify'), { recursive: true });
  await symlink(
    join(root, 'test/node_modules/shopify-api-5'),
    join(folder, 'legacy-context/node_modules/@shopify/shopify-api'),
  );
  await writeFile(
    join(folder, 'without-sqlite3.cjs'),
    `const { createRequire, Module } = require('node:module');
     const sqlite3 = createRequire(${JSON.stringify(join(root, 'test/node_modules/shopify-api-5/package.json'))}).resolve('sqlite3');
     const placeholder = new Module(sqlite3);
     Object.assign(placeholder, { loaded: true, exports: {} });
     require.cache[sqlite3] = placeholder;`,
  );
  return folder;
}

/** An example while it runs. */
export interface RunningExample {
  readonly shopify: FakeShopify;
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Everything that it printed. */
  readonly output: () => string;
  readonly process: ChildProcess;
}

/** The command of an example's one script. */
async function commandOf(folder: string): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return String(Object.values(scripts)[0]).split(' ');
}

/** Starts an example, until the test is over. */
export async function startExample(
  examples: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
  given?: FakeShopify,
): Promise<RunningExample> {
  const folder =
    name === 'nestjs-jest' ? await outsideOfPackages(examples, name) : join(examples, name);
  const shopify = given ?? (await startFakeShopify());
  if (given === undefined) onTestFinished(() => shopify.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [program = '', ...parameters] = await commandOf(folder);
  const isNode = program === 'node';
  const preload = ['--import', join(examples, 'fake/fake-shopify/preload.js')];
  const legacy = name === 'legacy-context' ? ['--require', '../without-sqlite3.cjs'] : [];
  const bin = join(root, 'test/node_modules/.bin', program);
  const child: ChildProcessByStdio<null, Readable, Readable> = spawn(
    isNode ? process.execPath : bin,
    isNode ? [...preload, ...legacy, ...parameters] : parameters,
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        SESSION_ENCRYPTION_KEYS: generateKey().text,
        SHOPIFY_API_KEY: shopify.app.apiKey,
        SHOPIFY_API_SECRET: shopify.app.apiSecret,
        SCOPES: shopify.app.scopes.join(','),
        FAKE_SHOPIFY_URL: shopify.url,
        HOST: url,
        SHOPIFY_APP_URL: 'https://app.example.com',
        PORT: String(port),
        ...environment,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  });
  return { shopify, url, output: () => output, process: child };
}

/** Jest runs nothing below a folder called `node_modules`, so it gets one with links to its packages. */
async function outsideOfPackages(examples: string, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, 'examples', name), folder, { recursive: true });
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const places = [
    join(examples, 'node_modules'),
    join(root, 'test/node_modules'),
    join(root, 'node_modules'),
  ];
  for (const dependency of Object.keys(dependencies)) {
    const place = places.find((some) => existsSync(join(some, dependency)));
    if (place === undefined) throw new Error(`${dependency} is not installed.`);
    const link = join(folder, 'node_modules', dependency);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(place, dependency), link);
  }
  return folder;
}

/** Returns when a server says that it listens. */
export async function listening({ process: child, output }: RunningExample): Promise<void> {
  while (!output().includes('Listening')) {
    if (child.exitCode !== null) throw new Error(output());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
