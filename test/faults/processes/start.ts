// Starts instances of an app that meet faults, and sees to it that none outlives the test.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type CompiledPrograms, compilePrograms } from '../../conformance/processes/compile.js';
import { projectFolder } from '../../conformance/project-folder.js';
import type {
  CallerMessage,
  CallerOptions,
  CallerReport,
  CallerRequest,
  Progress,
  Resources,
} from './protocol.js';

const source = 'test/faults/processes/caller.ts';

/** The compiled program. */
export class CallerProgram {
  readonly #compiled: CompiledPrograms;
  readonly #running = new Set<ChildProcess>();

  private constructor(compiled: CompiledPrograms) {
    this.#compiled = compiled;
  }

  static async build(): Promise<CallerProgram> {
    return new CallerProgram(await compilePrograms(source));
  }

  start(options: CallerOptions): Caller {
    const child = fork(this.#compiled.path(source), [JSON.stringify(options)], {
      cwd: projectFolder,
      execArgv: ['--expose-gc'],
      env: { PATH: process.env.PATH, FAULT_REDIS: process.env.FAULT_REDIS },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    return new Caller(child);
  }

  /** Kills what still runs: after a test that failed, it would go on writing in the next one. */
  async killAll(): Promise<void> {
    for (const child of this.#running) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  async remove(): Promise<void> {
    await this.killAll();
    await this.#compiled.remove();
  }
}

/** A running instance. */
export class Caller {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;
  /** What it said last; `undefined` until it runs. */
  progress: Progress | undefined;
  /** How the process ended, if it did so before it was told to, and what it printed. */
  crash: string | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: CallerMessage) => {
      if ('progress' in message) this.progress = message.progress;
    });
    const printed = child.stderr === null ? Promise.resolve('') : text(child.stderr);
    this.#ended = once(child, 'exit').then(async ([code, signal]) => {
      this.crash = `It ended with ${code ?? signal}. It printed:\n${(await printed).slice(0, 4_000)}`;
      return this.crash;
    });
  }

  /** Ends what is in progress and reports; `undefined` if the process has ended by itself. */
  async stop(): Promise<CallerReport | undefined> {
    const message = await this.#ask('stop', (answer) => 'report' in answer);
    return message !== undefined && 'report' in message ? message.report : undefined;
  }

  /** Tells it that what went wrong has come right. */
  right(): void {
    const request: CallerRequest = 'right';
    if (this.crash === undefined) this.#child.send(request);
  }

  async resources(): Promise<Resources> {
    const message = await this.#ask('resources', (answer) => 'resources' in answer);
    if (message !== undefined && 'resources' in message) return message.resources;
    throw new Error(`The process has ended. ${this.crash}`);
  }

  /** Ends the process in order. Answers how it ended if that was not in order. */
  async end(): Promise<string | undefined> {
    if (this.crash !== undefined) return this.crash;
    this.#child.disconnect();
    const ended = await this.#ended;
    return ended.startsWith('It ended with 0.') ? undefined : ended;
  }

  async #ask(
    request: CallerRequest,
    isAnswer: (message: CallerMessage) => boolean,
  ): Promise<CallerMessage | undefined> {
    if (this.crash !== undefined) return undefined;
    const answered = new Promise<CallerMessage>((resolve) => {
      const listen = (message: CallerMessage) => {
        if (!isAnswer(message)) return;
        this.#child.off('message', listen);
        resolve(message);
      };
      this.#child.on('message', listen);
    });
    this.#child.send(request);
    return Promise.race([answered, this.#ended.then(() => undefined)]);
  }
}
