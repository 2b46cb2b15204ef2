// What is wrong with many sessions alike is said once, with how many there are and the first of them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import {
  bothKeys,
  onlyNewKey,
  sessionNumber,
  storeOnOldKey,
  storeSessions,
  temporaryFolder,
  withStore,
} from './scene.js';

const program = await packedProgram();

const count = 30;
const idOf = (n: number) => sessionNumber(n).id;
const linesOf = (stdout: string, what: RegExp) =>
  stdout.split('\n').filter((line) => what.test(line));

describe('messages of many sessions', () => {
  it.each(['status', 'rotate'])('%s says once that a key is lost', async (command) => {
    const url = await storeOnOldKey(count);
    await withStore(url, async (store) => {
      const damaged = await store.loadSession(idOf(7));
      if (damaged === undefined) throw new Error('It is not stored.');
      damaged.accessToken = `${damaged.accessToken.slice(0, 20)}`;
      await store.storeSession(damaged);
    });

    const { code, stdout } = await program.run([command, '--store', url], { env: onlyNewKey });

    expect(code).toBe(1);
    const [lost = '', ...more] = linesOf(stdout, /ERR_KEY_UNKNOWN/);
    expect(more).toEqual([]);
    expect(lost).toMatch(
      /^ {2}ERR_KEY_UNKNOWN: 29 sessions \(offline_\S+, offline_\S+, offline_\S+, 26 more\): accessToken is sealed with key "old"/,
    );
    expect(linesOf(stdout, /ERR_TOKEN_UNREADABLE/)).toEqual([
      expect.stringContaining(`ERR_TOKEN_UNREADABLE: Session ${idOf(7)}: accessToken`),
    ]);
    expect(stdout).not.toContain('--json names all');
  });

  it('rotate says once that the store failed for all of them', async () => {
    const url = await storeOnOldKey(count);
    const database = new Database(url.replace('sqlite:', ''));
    database.exec(
      "CREATE TRIGGER refuse BEFORE UPDATE ON shopify_session_records BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    database.close();

    const { code, stdout } = await program.run(['rotate', '--store', url], { env: bothKeys });

    expect(code).toBe(3);
    const [failed = '', ...more] = linesOf(stdout, /The store failed/);
    expect(more).toEqual([]);
    expect(failed).toMatch(
      /^ {2}30 sessions \(offline_\S+, offline_\S+, offline_\S+, 27 more\): The store failed/,
    );
  });

  it('status says once that tokens are plaintext, and names a single session', async () => {
    const url = await storeOnOldKey(1);
    await storeSessions(url, 1);
    const one = await program.run(['status', '--store', url], { env: bothKeys });
    expect(one.stdout).toContain(`\n  ${idOf(1)}: accessToken\n`);

    await storeSessions(url, 2);
    const two = await program.run(['status', '--store', url], { env: bothKeys });
    expect(linesOf(two.stdout, /: accessToken$/)).toHaveLength(1);
    expect(two.stdout).toContain(`  2 sessions (${idOf(1)}, ${idOf(2)}): accessToken`);
  });

  it.each(['status', 'rotate', 'copy'])(
    '%s says of several damaged records in one line all that there is to say',
    async (command) => {
      const url = await storeOnOldKey(1);
      const database = new Database(url.replace('sqlite:', ''));
      for (const n of [1, 2, 3, 4]) {
        database.exec(
          `INSERT INTO shopify_session_records VALUES ('shopify-session:id:offline_bad${n}', 'damaged')`,
        );
      }
      database.close();
      const to = `sqlite:${join(await temporaryFolder(), 'to.db')}`;
      const stores = command === 'copy' ? ['--from', url, '--to', to] : ['--store', url];

      const { code, stdout } = await program.run([command, ...stores], { env: bothKeys });

      expect(code).toBe(1);
      expect(stdout).toContain('cannot read as sessions: 4.');
      expect(stdout).not.toContain('--json names all');
    },
  );

  describe('after more than 1,000 of another kind', () => {
    /** A catalog of 1,005 sessions with plaintext, and a last one that no key ring opens and no store takes. */
    async function catalogOf(scope: string) {
      const path = join(await temporaryFolder(), 'catalog.mjs');
      const entry = JSON.stringify(join(program.folder, 'dist/index.mjs'));
      await writeFile(
        path,
        `import { SessionInvalidError } from ${entry};
        const sessions = new Map();
        for (let n = 1; n <= 1005; n++) {
          const id = 'offline_' + n;
          sessions.set(id, { id, shop: n + '.myshopify.com', scope: '${scope}', accessToken: 'shpat_' + n });
        }
        export default {
          async *sessions() {
            yield* sessions.values();
            ${scope === 'read' ? `yield { id: 'offline_last', shop: 'a.myshopify.com', accessToken: 'eyJhbGciOiJkaXIi' };` : ''}
          },
          loadSession: async (id) => sessions.get(id),
          async replaceSession(current, { id }) {
            if (id === 'offline_last') throw new SessionInvalidError('It is not taken.', { sessionId: id });
            return current !== undefined;
          },
        };`,
      );
      return path;
    }

    it.each([
      ['status', 'Sessions with plaintext'],
      ['rotate', 'Sessions with plaintext'],
      ['rotate --mode migrate', 'Plaintext tokens that were sealed'],
    ])('%s names the one that is unreadable', async (command, others) => {
      const args = [...command.split(' '), '--catalog', await catalogOf('read')];

      const { code, stdout } = await program.run(args, { env: bothKeys });

      expect(code).toBe(1);
      expect(stdout).toContain(others);
      expect(stdout).toContain(
        'Unreadable sessions, left as they are:\n  ERR_TOKEN_UNREADABLE: Session offline_last:',
      );
    });

    it('copy names the one that is refused', async () => {
      const [from, to] = [await catalogOf('read'), await catalogOf('other')];

      const { code, stdout } = await program.run([
        'copy',
        '--from-catalog',
        from,
        '--to-catalog',
        to,
      ]);

      expect(code).toBe(1);
      expect(stdout).toMatch(
        /There in another version \(.*\):\n(?: {2}offline_\d+\n){20} {2}and 985 more/,
      );
      expect(stdout).toContain('Refused:\n  ERR_SESSION_INVALID: It is not taken.');
    });
  });
});
