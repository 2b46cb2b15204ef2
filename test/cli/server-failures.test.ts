// A server is killed in the middle of rotate and of copy, and started again: the run ends with a
// clear error, and another run completes.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { canStartPostgres, startPostgres } from '../servers/postgres.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { type Program, packedProgram } from './program.js';
import {
  bothKeys,
  loadSessions,
  newKey,
  oldKey,
  sessionNumber,
  storeOnOldKey,
  storeSessions,
  temporaryFolder,
} from './scene.js';

let program: Program;
beforeAll(async () => {
  program = await packedProgram();
});

/** A catalog over the store at `url`, which stops before its 21st write until SIGUSR2 comes. */
async function stoppingCatalog(url: string): Promise<string> {
  const path = join(await temporaryFolder(), 'catalog.mjs');
  const open = JSON.stringify(join(program.folder, 'dist/open/index.js'));
  await writeFile(
    path,
    `import { openSessionStorage } from ${open};
    const store = openSessionStorage(${JSON.stringify(url)}, { deadline: 3000 });
    // What listens to a signal does not keep a process alive.
    const alive = setInterval(() => {}, 1000);
    const gone = new Promise((resolve) => process.once('SIGUSR2', resolve));
    let writes = 0;
    export default {
      sessions: () => store.sessions(),
      loadSession: (id) => store.loadSession(id),
      async replaceSession(current, next) {
        if (++writes === 21) console.error('twenty done');
        if (writes > 20) await gone;
        return store.replaceSession(current, next);
      },
    };`,
  );
  return path;
}

const servers = [
  { name: 'Redis', canStart: canStartRedis, start: () => startRedis() },
  { name: 'PostgreSQL', canStart: canStartPostgres, start: () => startPostgres() },
];

for (const { name, canStart, start } of servers) {
  describe.skipIf(!canStart())(`encrypted-sessions, ${name} killed in the middle`, () => {
    it('of rotate: exits with 3, and a second run completes', async () => {
      const server = await start();
      onTestFinished(() => server.stop());
      await storeSessions(server.url, 60, oldKey);
      const catalog = await stoppingCatalog(server.url);
      const args = ['rotate', '--catalog', catalog, '--concurrency', '1', '--json'];

      const running = await program.start(args, { env: bothKeys }, 'twenty done');
      await server.kill();
      running.kill('SIGUSR2');
      const failed = await running.ended;

      expect(failed).toMatchObject({ code: 3 });
      expect(failed.stderr).toMatch(
        /Error: Re-encryption stopped after \d+ sessions: .*Run it again/,
      );
      expect(JSON.parse(failed.stdout)).toMatchObject({ aborted: true, reencrypted: 20 });

      await server.restart();
      const again = await program.run(['rotate', '--store', server.url, '--json'], {
        env: bothKeys,
      });
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        scanned: 60,
        current: 20,
        reencrypted: 40,
        byKid: { new: 60 },
      });
      expect(await loadSessions(server.url, 60, newKey)).toContainEqual(sessionNumber(60));
    });

    it('of copy: exits with 3, and a second run completes', async () => {
      const from = await storeOnOldKey(60);
      const server = await start();
      onTestFinished(() => server.stop());
      const catalog = await stoppingCatalog(server.url);
      const args = ['copy', '--from', from, '--to-catalog', catalog, '--concurrency', '1'];

      const running = await program.start(args, {}, 'twenty done');
      await server.kill();
      running.kill('SIGUSR2');
      const failed = await running.ended;

      expect(failed).toMatchObject({ code: 3 });
      expect(failed.stderr).toMatch(/Error: Copying stopped after \d+ sessions: .*Run it again/);
      expect(failed.stdout).toMatch(/^Copied +20$/m);

      await server.restart();
      const again = await program.run(['copy', '--from', from, '--to', server.url, '--json']);
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        copied: 40,
        same: 20,
        verification: { source: 60, destination: 60, same: 60, missing: 0 },
      });
    });
  });
}

describe.skipIf(!canStartRedis() || !canStartPostgres())('encrypted-sessions copy', () => {
  it('moves a store from Redis to PostgreSQL', async () => {
    const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
    onTestFinished(() => redis.stop());
    onTestFinished(() => postgres.stop());
    await storeSessions(redis.url, 50, oldKey);

    const outcome = await program.run(['copy', '--from', 'env:OLD', '--to', 'env:NEW', '--json'], {
      env: { OLD: redis.url, NEW: postgres.url },
    });

    expect(outcome.code).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      copied: 50,
      plaintext: 0,
      verification: { source: 50, destination: 50, same: 50, missing: 0 },
    });
    expect(await loadSessions(postgres.url, 50, oldKey)).toEqual(
      Array.from({ length: 50 }, (_, n) => sessionNumber(n + 1)),
    );
  });
});
