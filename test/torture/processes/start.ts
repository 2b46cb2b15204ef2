// Starts the processes of the torture test, and sees to it that none outlives it.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type CompiledPrograms, compilePrograms } from '../../conformance/processes/compile.js';
import { projectFolder } from '../../conformance/project-folder.js';
import type {
  CatalogMessage,
  CatalogOptions,
  PlainRotatorOptions,
  WriterMessage,
  WriterOptions,
} from './protocol.js';

const sources = {
  commandLine: 'src/cli/main.ts',
  catalog: 'test/torture/processes/tortured-catalog.ts',
  writer: 'test/torture/processes/writer.ts',
  plainRotator: 'test/torture/processes/plain-rotator.ts',
} as const;

/** How a run of the command line ended. */
export interface CommandOutcome {
  /** `null` when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that works until it is told to stop. */
export interface Worker<Message> {
  onMessage(listener: (message: Message) => void): void;
  /** Rejects if the process ends before it was told to. */
  readonly failure: Promise<never>;
  /** Resolves when the process has ended by itself, after its last message. */
  stop(): Promise<void>;
}

/** The compiled programs of the torture test. */
export class TorturePrograms {
  readonly #compiled: CompiledPrograms;
  readonly #running = new Set<ChildProcess>();

  private constructor(compiled: CompiledPrograms) {
    this.#compiled = compiled;
  }

  static async build(): Promise<TorturePrograms> {
    return new TorturePrograms(await compilePrograms(...Object.values(sources)));
  }

  startWriter(options: WriterOptions): Worker<WriterMessage> {
    return this.#startWorker(sources.writer, options);
  }

  startPlainRotator(options: PlainRotatorOptions): Worker<never> {
    return this.#startWorker(sources.plainRotator, options);
  }

  /** Runs `encrypted-sessions <command> --json` on the catalog until it ends or is killed. */
  async runCommand(
    command: readonly ['rotate' | 'status', ...args: string[]],
    keys: string,
    options: CatalogOptions,
    onMessage?: (message: CatalogMessage) => void,
  ): Promise<CommandOutcome> {
    const catalog = this.#compiled.path(sources.catalog);
    const child = this.#fork(sources.commandLine, [...command, '--catalog', catalog, '--json'], {
      SESSION_ENCRYPTION_KEYS: keys,
      TORTURED_CATALOG: JSON.stringify(options),
    });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('The output is not piped.');
    child.on('message', (message) => onMessage?.(message as CatalogMessage));
    const [out, errors, [code]] = await Promise.all([
      text(stdout),
      text(stderr),
      once(child, 'close'),
    ]);
    return { code, stdout: out, stderr: errors };
  }

  /** Kills what is still running. */
  async killAll(): Promise<void> {
    const ended = [...this.#running].map(async (child) => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    });
    await Promise.all(ended);
  }

  async remove(): Promise<void> {
    await this.killAll();
    await this.#compiled.remove();
  }

  #startWorker<Message>(source: string, options: object): Worker<Message> {
    const child = this.#fork(source, [JSON.stringify(options)], {});
    child.stdout?.resume();
    let stopped = false;
    const printed = child.stderr === null ? Promise.resolve('') : text(child.stderr);
    const closed = once(child, 'close');
    const failure = closed.then(async ([code, signal]) => {
      if (stopped && code === 0) return new Promise<never>(() => {});
      throw new Error(`${source} ended with ${code ?? signal}. It printed:\n${await printed}`);
    });
    // Anyone who waits for the worker sees it.
    failure.catch(() => {});
    return {
      onMessage: (listener) => void child.on('message', listener),
      failure,
      async stop() {
        stopped = true;
        if (child.connected) child.send('stop');
        await Promise.race([closed, failure]);
      },
    };
  }

  #fork(source: string, args: string[], env: Readonly<Record<string, string>>): ChildProcess {
    const child = fork(this.#compiled.path(source), args, {
      cwd: projectFolder,
      execArgv: [],
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return child;
  }
}
