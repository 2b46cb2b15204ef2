// Row level security leaves sessions out without an error: every command that goes through a store says so, and
// exits with 1.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, sessionNumber, storeOnOldKey, temporaryFolder, withStore } from './scene.js';

const program = await packedProgram();

const server = sharedServer('postgres');

/** Three sessions, of which a role sees one; the URL of that role. */
async function hiding(): Promise<string> {
  const url = await createPostgresDatabase(String(server));
  const role = `tenant_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(async () => {
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await client.end();
    await dropPostgresDatabase(url);
  });
  await client.query(
    `CREATE TABLE shopify_sessions (id text PRIMARY KEY, shop text NOT NULL, state text, "isOnline" boolean, scope text,
     expires integer, "accessToken" text, "refreshToken" text, "refreshTokenExpires" bigint)`,
  );
  await withStore(await storeOnOldKey(3), async (store) => {
    for (const n of [1, 2, 3]) {
      const session = await store.loadSession(sessionNumber(n).id);
      await client.query(
        'INSERT INTO shopify_sessions (id, shop, state, "isOnline", "accessToken") VALUES ($1, $2, $3, false, $4)',
        [session?.id, session?.shop, '', session?.accessToken],
      );
    }
  });
  await client.query(
    `CREATE ROLE ${role} LOGIN; GRANT ALL ON shopify_sessions TO ${role};
     ALTER TABLE shopify_sessions ENABLE ROW LEVEL SECURITY;
     CREATE POLICY own ON shopify_sessions USING (shop = '${sessionNumber(1).shop}')`,
  );
  const asRole = new URL(url);
  asRole.username = role;
  return asRole.href;
}

const warning = 'Row level security may hide sessions of table "shopify_sessions" from this user.';

describe.skipIf(server === undefined)('where row level security may hide sessions', () => {
  it.each([
    'list --kid old --csv',
    'list --json',
    'delete --kid old',
    'delete --kid old --yes',
    'rotate',
    'status --expect-primary --mode migrate',
  ])('%s says so and exits with 1', async (command) => {
    const url = await hiding();
    const { code, stdout, stderr } = await program.run([...command.split(' '), '--store', url], {
      env: bothKeys,
    });
    expect(code, stderr).toBe(1);
    expect(stdout + stderr).toContain(warning);
  });

  it('status does not say that all is on the primary key', async () => {
    const url = await hiding();
    const all = (command: string, ...more: string[]) =>
      program.run([command, '--store', url, ...more], { env: bothKeys });
    await all('rotate');
    const { code, stdout } = await all('status', '--expect-primary', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).not.toHaveProperty('allOnPrimary');
  });

  it('copy does not say that it has verified every session of the source', async () => {
    const from = await hiding();
    const to = `sqlite:${join(await temporaryFolder(), 'to.db')}`;
    const { code, stdout, stderr } = await program.run(['copy', '--from', from, '--to', to]);
    expect(code).toBe(1);
    expect(stderr).toContain(warning);
    expect(stdout).not.toContain('Verified');
    expect(stdout).toContain(
      'Every session that this user sees in the source is in the destination.',
    );
    const json = await program.run(['copy', '--from', from, '--to', to, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout).warnings).toMatchObject([{ code: 'SESSIONS_HIDDEN' }]);
  });

  it('inspect of a session that it does not see says so', async () => {
    const url = await hiding();
    const { id } = sessionNumber(2);
    const { code, stderr } = await program.run(['inspect', id, '--store', url], { env: bothKeys });
    expect(code).toBe(2);
    expect(stderr).toContain(warning);
  });
});
