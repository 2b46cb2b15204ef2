// Compiles and starts the processes that use a storage at the same time as the test. They run
// compiled, since Node 20 does not run TypeScript.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../project-folder.js';
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
  // Inside the project, so that imports find its packages.
  const cache = join(projectFolder, 'node_modules/.cache/session-storage-tests');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'processes-'));
  const config = join(folder, 'tsconfig.json');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    config,
    JSON.stringify({
      extends: join(projectFolder, 'tsconfig.json'),
      // `npm run check` checks the types.
      compilerOptions: { noEmit: false, noCheck: true, rootDir: projectFolder, outDir: folder },
      files: [join(projectFolder, 'test/conformance/processes/main.ts')],
      include: [],
    }),
  );
  const tsc = join(projectFolder, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', config], { cwd: projectFolder });
  const program = join(folder, 'test/conformance/processes/main.js');
  return {
    start: (options: ProcessOptions) => startProcess(program, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function startProcess(program: string, options: ProcessOptions): Promise<StoringProcess> {
  const child = fork(program, [JSON.stringify(options)], { cwd: projectFolder, execArgv: [] });
  const next = async (): Promise<ProcessAnswer> => {
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`The process ended with code ${code}.`);
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
