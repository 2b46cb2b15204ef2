// What says that it writes nothing writes nothing: no table and no file, and it needs no right to.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, oldKey, storeOnOldKey, storeSessions, temporaryFolder } from './scene.js';

const program = await packedProgram();

describe('what writes nothing', () => {
  it('copy --dry-run makes no file for a new SQLite store', async () => {
    const from = await storeOnOldKey(3);
    const folder = await temporaryFolder();
    const to = join(folder, 'new.db');

    const { code, stdout } = await program.run(
      ['copy', '--from', from, '--to', `sqlite:${to}`, '--dry-run', '--json'],
      { env: bothKeys },
    );

    expect(JSON.parse(stdout)).toMatchObject({ copied: 3, scanned: 3 });
    expect(code).toBe(0);
    expect(existsSync(to)).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  describe.skipIf(sharedServer('postgres') === undefined)('on PostgreSQL', () => {
    async function database() {
      const url = await createPostgresDatabase(sharedServer('postgres') ?? '');
      onTestFinished(() => dropPostgresDatabase(url));
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return { url, client };
    }
    const tables = async (client: pg.Client) => {
      const { rows } = await client.query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
      );
      return rows.map(({ table_name: name }) => name);
    };

    it.each([['status'], ['rotate', '--dry-run']])('%s makes no table', async (...args) => {
      const { url, client } = await database();
      try {
        const run = (...more: string[]) =>
          program.run([...args, '--store', url, ...more], { env: bothKeys });
        // There is no table of sessions, of whichever storage.
        const none = await run();
        expect(none.stderr).toContain('has no sessions as far as can be seen');
        expect(none.code).toBe(2);
        const empty = await run('--allow-empty');
        expect(empty.stdout).toContain('No session was found.');
        expect(empty.code, empty.stdout).toBe(0);
        expect(await tables(client)).toEqual([]);
      } finally {
        await client.end();
      }
    });

    it('status and rotate --dry-run serve a role that may only read', async () => {
      const { url, client } = await database();
      const role = `reader_${process.pid}`;
      try {
        await storeSessions(url, 4, oldKey);
        await client.query(`CREATE ROLE ${role} LOGIN`);
        await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
        const readOnly = new URL(url);
        readOnly.username = role;
        for (const args of [['status'], ['rotate', '--dry-run']]) {
          const { code, stdout } = await program.run([...args, '--store', `${readOnly}`], {
            env: bothKeys,
          });
          expect(code).toBe(0);
          expect(stdout).toMatch(/^Would be re-sealed +4$/m);
        }
        const refused = await program.run(['rotate', '--store', `${readOnly}`], { env: bothKeys });
        expect(refused.code).toBe(3);
        expect(refused.stderr).toContain('Its user lacks the rights for this');
        expect(`${refused.stderr}${refused.stdout}`).not.toMatch(/run it again|not known whether/i);
      } finally {
        await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => {});
        await client.end();
      }
    });

    it('rotate on a database that is read-only says so, and does not advise to run it again', async () => {
      const { url, client } = await database();
      try {
        await storeSessions(url, 2, oldKey);
        const name = new URL(url).pathname.slice(1);
        await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);

        const { code, stderr } = await program.run(['rotate', '--store', url], { env: bothKeys });

        expect(code).toBe(3);
        expect(stderr).toContain('It is read-only: use the primary server');
        expect(stderr).not.toContain('Run it again');
      } finally {
        await client.end();
      }
    });
  });
});
