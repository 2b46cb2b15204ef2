// An example while it runs, with Shopify played by the fake one.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';
import { generateKey } from '../../src/index.js';
import { compile } from '../documents/app-folder.js';

/** A folder of the repository. */
export const repository = fileURLToPath(new URL('../../', import.meta.url));

export interface RunningExample {
  readonly shopify: FakeShopify;
  readonly folder: string;
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Everything that it printed. */
  readonly output: () => string;
  readonly process: ChildProcess;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** Ends it, and what it started. */
  stop(): void;
}

/** Compiles the fake Shopify into a folder, for processes of an example to load. */
export async function compileFakeShopify(folder: string): Promise<string> {
  const complaint = await compile(
    repository,
    ...['-p', 'demo/tsconfig.json', '--noCheck', '--outDir', folder],
  );
  if (complaint !== '') throw new Error(complaint);
  return pathToFileURL(join(folder, 'fake-shopify/preload.js')).href;
}

export interface ExampleCommand {
  readonly folder: string;
  readonly program: string;
  readonly parameters: readonly string[];
  /** What `compileFakeShopify` answered. */
  readonly fakeShopify: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly shopify?: FakeShopify | undefined;
}

/** Runs an example until the test is over; returns when it answers, or has ended. */
export async function runExample(command: ExampleCommand): Promise<RunningExample> {
  const shopify = command.shopify ?? (await startFakeShopify());
  if (command.shopify === undefined) onTestFinished(() => shopify.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { environment } = command;
  const child = spawn(command.program, command.parameters, {
    cwd: command.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what npm starts ends with it.
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SESSION_ENCRYPTION_KEYS: generateKey().text,
      SHOPIFY_API_KEY: shopify.app.apiKey,
      SHOPIFY_API_SECRET: shopify.app.apiSecret,
      SCOPES: shopify.app.scopes.join(','),
      FAKE_SHOPIFY_URL: shopify.url,
      SHOPIFY_APP_URL: url,
      PORT: String(port),
      ...environment,
      NODE_OPTIONS: `--import=${command.fakeShopify} ${environment?.NODE_OPTIONS ?? ''}`,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // All of it has ended.
    }
  };
  const stop = () => signal('SIGTERM');
  onTestFinished(async () => {
    // `remix-serve` closes its server when it is told to end, and stays for its connection to Redis.
    signal('SIGKILL');
    await ended;
  });
  while (isRunning() && !(await answers(url))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!isRunning() && (await ended) !== 0) throw new Error(output);
  return {
    shopify,
    folder: command.folder,
    url,
    output: () => output,
    process: child,
    ended,
    stop,
  };
}

const answers = (url: string) =>
  fetch(`${url}/favicon.ico`).then(
    async (response) => {
      await response.body?.cancel();
      return true;
    },
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
