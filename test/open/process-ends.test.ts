// A storage does not keep the process alive when the app has nothing more to do.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type CompiledPrograms, compilePrograms } from '../conformance/processes/compile.js';
import { projectFolder } from '../conformance/project-folder.js';
import { canStartRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { places } from './places.js';

const source = 'test/open/processes/app.ts';
let program: CompiledPrograms;
beforeAll(async () => {
  program = await compilePrograms(source);
});
afterAll(() => program?.remove());

async function expectEnd(way: string, url: string): Promise<void> {
  const app = fork(program.path(source), [way, url], {
    cwd: projectFolder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  onTestFinished(() => void app.kill('SIGKILL'));
  const printed = app.stderr === null ? '' : text(app.stderr);
  const [code] = await once(app, 'exit');
  expect({ code, printed: await printed }).toEqual({ code: 0, printed: '' });
}

const endsBySelf = ['Redis', 'PostgreSQL', 'SQLite', 'memory'].filter((name) => name in places);

test.each(endsBySelf)('%s, over a URL', async (name) => {
  const place = await places[name]?.();
  onTestFinished(async () => void (await place?.drop()));
  await expectEnd('a URL', place?.url ?? '');
});

test.runIf('Redis' in places).each(['a client', 'a pool of clients'])(
  'Redis, over %s',
  async (way) => {
    const place = await places.Redis?.();
    onTestFinished(async () => void (await place?.drop()));
    await expectEnd(way, place?.url ?? '');
  },
);

test.skipIf(!canStartRedis())('Redis, over a cluster client', async () => {
  const cluster = await startRedisCluster();
  onTestFinished(() => cluster.stop());
  const url = `redis://127.0.0.1:${cluster.nodes[0]?.port}`;
  await expectEnd('a cluster client', url);
  await expectEnd('the catalog of a cluster client', url);
});
