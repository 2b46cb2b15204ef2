// The command line as it is installed: packed by npm, unpacked, and run as a child process.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { projectFolder } from '../conformance/project-folder.js';

const execute = promisify(execFile);

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in. */
  readonly input?: string;
  readonly cwd?: string;
}

export interface Program {
  /** The folder of the unpacked package. */
  readonly folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts it, to be signalled; resolves once it has written `awaited` to standard error. */
  start(args: readonly string[], options: RunOptions, awaited: string): Promise<Running>;
}

export interface Running {
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Outcome>;
}

/** Packs the sources as they are now, unless that has been done before. */
export async function packedProgram(): Promise<Program> {
  // Inside the project, so that imports find its packages.
  const cache = join(projectFolder, 'node_modules/.cache/session-storage-tests');
  await mkdir(cache, { recursive: true });
  const folder = join(cache, `packed-${await sourceHash()}`);
  if (!existsSync(folder)) await pack(cache, folder);
  const packageFolder = join(folder, 'package');
  const { bin } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const main = join(packageFolder, bin['encrypted-sessions']);
  const launch = (args: readonly string[], { env = {}, cwd = folder }: RunOptions) =>
    spawn(process.execPath, [main, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  return {
    folder: packageFolder,
    async run(args, options = {}) {
      const child = launch(args, options);
      // A command that does not read leaves its input unread.
      child.stdin.on('error', () => {});
      child.stdin.end(options.input ?? '');
      return outcome(child);
    },
    async start(args, options, awaited) {
      const child = launch(args, options);
      child.stdin.end();
      const ended = outcome(child);
      let seen = '';
      await new Promise<void>((resolve, reject) => {
        child.stderr.on('data', (data) => {
          seen += String(data);
          if (seen.includes(awaited)) resolve();
        });
        child.once('exit', () => reject(new Error(`It ended before: ${seen}`)));
      });
      return { kill: (signal) => child.kill(signal), ended };
    },
  };
}

async function outcome(child: ReturnType<typeof spawn>): Promise<Outcome> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('The output is not piped.');
  const [out, errors, [code]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'exit'),
  ]);
  return { code, stdout: out, stderr: errors };
}

async function pack(cache: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'packing-'));
  try {
    await cp(join(projectFolder, 'package.json'), join(work, 'package.json'));
    const build = ['packaging/build.js', '--no-types', '--out', join(work, 'dist')];
    await execute(process.execPath, build, { cwd: projectFolder });
    await execute('npm', ['pack', '--ignore-scripts', '--silent'], { cwd: work });
    const tarball = (await readdir(work)).find((name) => name.endsWith('.tgz'));
    await execute('tar', ['-xzf', String(tarball)], { cwd: work });
    // Whoever is first wins; the others have packed the same.
    await rename(work, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Changes with every source file, so that what runs is never older than what is tested. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const folders = ['src', 'packaging'].map(async (folder) => {
    const names = await readdir(join(projectFolder, folder), { recursive: true });
    return names.filter((name) => /\.[jt]s$/.test(name)).map((name) => join(folder, name));
  });
  const sources = (await Promise.all(folders)).flat();
  for (const name of [...sources.sort(), 'package.json']) {
    hash.update(`${name}\n`).update(await readFile(join(projectFolder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}
