// Starts instances of an app, each with a deployment of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { compilePrograms } from '../conformance/processes/compile.js';
import { projectFolder } from '../conformance/project-folder.js';
import type {
  Deployment,
  InstanceAnswer,
  InstanceRequest,
  TestSession,
  Tokens,
} from './protocol.js';

/** A running instance. */
export interface Instance {
  /** Rejects with what the instance's storage threw. */
  store(session: TestSession): Promise<void>;
  /** The tokens of a session. */
  load(id: string): Promise<Tokens>;
  end(): Promise<void>;
}

/** The compiled instance. */
export interface InstanceProgram {
  start(url: string, deployment: Deployment): Instance;
  remove(): Promise<void>;
}

export async function buildInstance(): Promise<InstanceProgram> {
  const source = 'test/rolling-deploys/instance.ts';
  const compiled = await compilePrograms(source);
  return {
    start: (url, deployment) => startInstance(compiled.path(source), { url, ...deployment }),
    remove: () => compiled.remove(),
  };
}

function startInstance(program: string, options: Deployment & { readonly url: string }): Instance {
  const child = fork(program, [JSON.stringify(options)], { cwd: projectFolder, execArgv: [] });
  const exited = once(child, 'exit');
  const ask = async (request: InstanceRequest): Promise<InstanceAnswer> => {
    const answered = once(child, 'message');
    child.send(request);
    const early = exited.then(([code]) => {
      throw new Error(`The instance ended with code ${code}.`);
    });
    const [answer] = (await Promise.race([answered, early])) as [InstanceAnswer];
    if ('error' in answer) throw new Error(answer.error);
    return answer;
  };
  return {
    async store(session) {
      const answer = await ask({ store: session });
      if (!('stored' in answer) || !answer.stored) throw new Error('It was not stored.');
    },
    async load(id) {
      const answer = await ask({ load: id });
      if (!('loaded' in answer)) throw new Error('It was not loaded.');
      return answer.loaded;
    },
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
