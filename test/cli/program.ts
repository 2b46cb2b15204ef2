// The command line as it is installed: packed by npm, unpacked, and run as a child process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packedPackage } from '../packed-package.js';

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

/** The program of the package as it is now. */
export async function packedProgram(): Promise<Program> {
  const folder = await packedPackage();
  const { bin } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const main = join(folder, bin['encrypted-sessions']);
  const launch = (args: readonly string[], { env = {}, cwd = dirname(folder) }: RunOptions) =>
    spawn(process.execPath, [main, ...args], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  return {
    folder,
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
