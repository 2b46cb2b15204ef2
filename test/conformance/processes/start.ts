// Compiles and starts the processes that use a storage at the same time as the test.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { projectFolder } from '../project-folder.js';
import { compilePrograms } from './compile.js';
import type { ProcessAnswer, ProcessOptions, ProcessRequest } from './protocol.js';

/** A process that has opened its storage. */
export interface StoringProcess {
  /** Returns the ids of the sessions that it stored or deleted. */
  run(request: ProcessRequest): Promise<string[]>;
  end(): Promise<void>;
}

/** The compiled program. */
export interface ProcessProgram {
  start(options: ProcessOptions): Promise<StoringProcess>;
  remove(): Promise<void>;
}

/** Compiles the program. */
export async function buildProcesses(): Promise<ProcessProgram> {
  const source = 'test/conformance/processes/main.ts';
  const compiled = await compilePrograms(source);
  return {
    start: (options: ProcessOptions) => startProcess(compiled.path(source), options),
    remove: () => compiled.remove(),
  };
}

async function startProcess(program: string, options: ProcessOptions): Promise<StoringProcess> {
  const child = fork(program, [JSON.stringify(options)], {
    cwd: projectFolder,
    execArgv: [],
    stdio: ['inherit', 'inherit', 'pipe', 'ipc'],
  });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const next = async (): Promise<ProcessAnswer> => {
    // After `close` it has printed everything.
    const exited = once(child, 'close').then(([code]) => {
      throw new Error(`The process ended with code ${code}.\n${printed}`);
    });
    // Whichever comes second is of no interest.
    exited.catch(() => {});
    const [message] = await Promise.race([once(child, 'message'), exited]);
    return message as ProcessAnswer;
  };
  await next();
  return {
    async run(request) {
      const answered = next();
      child.send(request);
      const answer = await answered;
      if ('ids' in answer) return answer.ids;
      throw new Error('error' in answer ? answer.error : 'Not an answer.');
    },
    async end() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
