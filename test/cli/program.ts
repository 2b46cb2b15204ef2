// The command line as it is installed: packed by npm, unpacked, and run. A process for each call would take
// most of the time of these tests, so one process serves the calls that do not depend on it.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { packedPackage } from '../packed-package.js';

const hostPath = fileURLToPath(new URL('./program-host.js', import.meta.url));

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
  /** Gives this call a process of its own. */
  readonly alone?: boolean;
}

export interface Program {
  /** The folder of the unpacked package. */
  readonly folder: string;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Starts it, to be signalled; resolves once it has written `awaited` to standard error, or that has come. */
  start(
    args: readonly string[],
    options: RunOptions,
    awaited: string | Promise<unknown>,
  ): Promise<Running>;
}

export interface Running {
  kill(signal: NodeJS.Signals): void;
  /** Resolves once it has written this to standard error. */
  says(text: string): Promise<void>;
  readonly ended: Promise<Outcome>;
}

/** Node.js reads such a file before the program does, and keeps a module for as long as the process lives. */
const needsOwnProcess = /^--(?:env-file|catalog|from-catalog|to-catalog|keyring|legacy)(?:=|$)/;

interface Call extends Required<Pick<RunOptions, 'cwd'>> {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Far more than any call takes. */
const longest = 50_000;

/** A process that runs the program again and again, started at the first call. */
class ProgramHost {
  readonly #main: string;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(main: string) {
    this.#main = main;
  }

  /** One after the other: they share a working directory and an environment. */
  run(call: Call): Promise<Outcome> {
    const outcome = this.#last.then(() => this.#runNow(call));
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  async #runNow(call: Call): Promise<Outcome> {
    this.#child ??= this.#start();
    const child = this.#child;
    const impatience = setTimeout(() => child.kill('SIGKILL'), longest);
    const settled = new AbortController();
    const { signal } = settled;
    const answered = once(child, 'message', { signal });
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error(`The program did not end by itself: ${call.args.join(' ')}`);
    });
    child.send(call);
    try {
      const [outcome] = (await Promise.race([answered, ended])) as [Outcome];
      return outcome;
    } finally {
      clearTimeout(impatience);
      settled.abort();
    }
  }

  #start(): ChildProcess {
    const child = fork(hostPath, [this.#main], {
      execArgv: ['--no-warnings'],
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.once('exit', () => {
      this.#child = undefined;
    });
    child.unref();
    child.channel?.unref();
    return child;
  }
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
  const host = new ProgramHost(main);
  return {
    folder,
    async run(args, options = {}) {
      const { env = {}, cwd = dirname(folder), input, alone = false } = options;
      if (!alone && input === undefined && !args.some((arg) => needsOwnProcess.test(arg))) {
        return host.run({ args, cwd, env: { PATH: process.env.PATH, ...env } });
      }
      const child = launch(args, options);
      // A command that does not read leaves its input unread.
      child.stdin.on('error', () => {});
      child.stdin.end(input ?? '');
      return outcome(child);
    },
    async start(args, options, awaited) {
      const child = launch(args, options);
      child.stdin.end();
      const ended = outcome(child);
      let seen = '';
      child.stderr.on('data', (data) => {
        seen += String(data);
      });
      const early = ended.then(() => Promise.reject(new Error(`It ended before: ${seen}`)));
      const says = (text: string) =>
        Promise.race([
          early,
          new Promise<void>((resolve) => {
            const look = () => seen.includes(text) && resolve();
            child.stderr.on('data', look);
            look();
          }),
        ]);
      await (typeof awaited === 'string' ? says(awaited) : Promise.race([early, awaited]));
      early.catch(() => {});
      return { kill: (signal) => child.kill(signal), says, ended };
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
