// How rotate and copy end when somebody ends them, or when a store fails: with a report and an exit
// code of their own, so that running them again continues.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import { bothKeys, loadSessions, newKey, storeOnOldKey, temporaryFolder } from './scene.js';
import { catalogOfUrl, stopBefore, stopped, stoppingCatalog } from './stopping-catalog.js';

const program = await packedProgram();

describe('encrypted-sessions rotate, ended by a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s: finishes the work in progress, reports, and exits with %i',
    async (signal, code) => {
      const url = await storeOnOldKey(10);
      const catalog = await stoppingCatalog(catalogOfUrl(program, url));
      const args = ['rotate', '--catalog', catalog, '--batch-size', '1', '--json'];

      const running = await program.start(
        args,
        { env: { ...bothKeys, ...stopBefore(3) } },
        stopped,
      );
      running.kill(signal);
      const ended = await running.ended;

      expect(ended.code).toBe(code);
      expect(ended.stderr).toContain('Ending after the work in progress.');
      const report = JSON.parse(ended.stdout);
      // While one session waits at the store, another is on its way there.
      const { scanned } = report;
      expect([3, 4]).toContain(scanned);
      expect(report).toMatchObject({ aborted: true, reencrypted: scanned });
      // What was not looked at may need any key.
      expect(report.unseen).toEqual(['ended early']);
      expect(report.keys).toMatchObject([{ state: 'primary' }, { state: 'unknown' }]);

      const again = await program.run(['rotate', '--store', url, '--json'], { env: bothKeys });
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        current: scanned,
        reencrypted: 10 - scanned,
      });
      expect(await loadSessions(url, 10, newKey)).toHaveLength(10);
    },
  );

  it('copy: finishes the work in progress, reports, and running it again continues', async () => {
    const from = await storeOnOldKey(6);
    const to = `sqlite:${join(await temporaryFolder(), 'new.db')}`;
    const catalog = await stoppingCatalog(catalogOfUrl(program, to));
    const args = ['copy', '--from', from, '--to-catalog', catalog, '--batch-size', '1'];

    const running = await program.start(args, { env: stopBefore(3) }, stopped);
    running.kill('SIGINT');
    const ended = await running.ended;

    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^Looked at +[34] {2}\(ended before the end\)$/m);

    const again = await program.run(['copy', '--from', from, '--to', to, '--json']);
    expect(again.code).toBe(0);
    const { copied, same } = JSON.parse(again.stdout);
    expect([3, 4]).toContain(same);
    expect(copied + same).toBe(6);
  });
});

describe('encrypted-sessions, when the store fails', () => {
  it('exits with 3, the report so far and the cause without its secrets; again continues', async () => {
    const url = await storeOnOldKey(5);
    const path = join(await temporaryFolder(), 'catalog.mjs');
    await writeFile(
      path,
      `import { openSessionStorage } from ${JSON.stringify(join(program.folder, 'dist/open.mjs'))};
      const store = openSessionStorage(${JSON.stringify(url)});
      let writes = 0;
      export default {
        sessions: () => store.sessions(),
        async replaceSession(current, next) {
          if (++writes > 2) throw new Error('redis://app:hunter2@db is down, was writing ' + next.accessToken);
          return store.replaceSession(current, next);
        },
      };`,
    );

    const failed = await program.run(['rotate', '--catalog', path, '--batch-size', '1', '--json'], {
      env: bothKeys,
    });

    expect(failed.code).toBe(3);
    expect(JSON.parse(failed.stdout)).toMatchObject({ aborted: true, reencrypted: 2 });
    expect(failed.stderr).toMatch(/Re-encryption stopped after [34] sessions/);
    expect(failed.stderr).toContain('is down');
    expect(failed.stdout + failed.stderr).not.toMatch(/hunter2|eyJhbGci/);

    const again = await program.run(['rotate', '--store', url, '--json'], { env: bothKeys });
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ current: 2, reencrypted: 3 });
  });

  it('exits with 3 when a catalog never answers, and nothing is left to wait for', async () => {
    const path = join(await temporaryFolder(), 'catalog.mjs');
    await writeFile(
      path,
      `export default {
        sessions: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
        replaceSession: async () => false,
      };`,
    );

    const { code, stderr } = await program.run(['rotate', '--catalog', path], { env: bothKeys });

    expect(code).toBe(3);
    expect(stderr).toContain('the store never answered');
  });

  it.each(['status', 'rotate', 'copy'])(
    '%s exits with 3 when no server answers',
    async (command) => {
      const url = 'redis://app:hunter2@127.0.0.1:1/0';
      const args =
        command === 'copy'
          ? ['copy', '--from', url, '--to', await storeOnOldKey(1)]
          : [command, '--store', url];

      const { code, stderr } = await program.run(args, { env: bothKeys });

      expect(code).toBe(3);
      expect(stderr).toContain('ECONNREFUSED');
      expect(stderr).not.toContain('hunter2');
    },
  );
});
