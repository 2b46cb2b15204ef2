// A view or a partition shows sessions that another table holds, a policy hides some, and a lock keeps a table from
// being read.
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { columns, mysql, postgres, role, row, run } from './other-places-scene.js';
import { oldKey, storeSessions } from './scene.js';

const isRemovable = ': can be removed';
const view = 'CREATE VIEW offline AS SELECT * FROM shopify_sessions WHERE NOT "isOnline"';
const table = `CREATE TABLE shopify_sessions (${columns('varchar(100)')})`;

/** What is seen in the table as well can be chosen, which names the table, and does not count beside it. */
async function expectPassedOver(url: string, name: string): Promise<void> {
  const chosen = await run(url, 'status', '--table', name);
  expect(chosen.stdout, chosen.stderr).toContain(
    'Another place holds sessions as well: table shopify_sessions.',
  );
  const { stdout, stderr } = await run(url, 'rotate');
  expect(stdout, stderr).toContain(isRemovable);
  expect(stdout).not.toContain('as well');
}

describe.skipIf(sharedServer('postgres') === undefined)('in PostgreSQL', () => {
  it('a view does not count as another place, and can be chosen', async () => {
    const again = 'CREATE VIEW again AS SELECT * FROM offline';
    const url = await postgres(table, await row('shopify_sessions', 1), view, again);

    await expectPassedOver(url, 'offline');
  });

  it('a view is one where it alone shows that there are sessions', async () => {
    const url = await postgres(
      `CREATE TABLE "Session" (${columns('text')})`,
      await row('"Session"', 1),
      'CREATE TABLE tokens (id text, shop text, "isOnline" boolean, token text)',
      'CREATE VIEW app_sessions AS SELECT id, shop, "isOnline", token AS "accessToken" FROM tokens',
      `INSERT INTO tokens VALUES ('a', 'a', false, 'a')`,
      'CREATE SCHEMA hidden',
      `CREATE TABLE hidden.sessions (${columns('text')})`,
      await row('hidden.sessions', 2),
      'CREATE VIEW of_hidden AS SELECT * FROM hidden.sessions',
      'CREATE TABLE unread (key text, value text)',
      'CREATE VIEW kept AS SELECT * FROM unread',
      `INSERT INTO unread VALUES ('shopify-session:id:a', '{"v":1,"type":"session","shop":"a"}')`,
    );
    const tables = ['"Session"', 'tokens', 'app_sessions', 'of_hidden', 'kept'];
    const asRole = await role(url, ...tables.map((one) => `ALL ON ${one}`));
    const { stdout, stderr } = await run(asRole, 'rotate');
    expect(stdout, stderr).toContain(
      'as well: table app_sessions, records in table kept, table of_hidden. Run',
    );
  });

  it('partitions are no places of their own', async () => {
    const url = await postgres(
      `${table} PARTITION BY HASH (id)`,
      ...[0, 1].map(
        (n) =>
          `CREATE TABLE part_${n} PARTITION OF shopify_sessions FOR VALUES WITH (MODULUS 2, REMAINDER ${n})`,
      ),
      ...(await Promise.all([1, 2, 3].map((n) => row('shopify_sessions', n)))),
    );
    await expectPassedOver(url, 'part_0');
  });

  it('a table whose rows a policy may hide is one', async () => {
    const url = await postgres(
      `CREATE TABLE "Session" (${columns('text')})`,
      table,
      'CREATE TABLE kept (key text, value text)',
      await row('"Session"', 1),
      await row('shopify_sessions', 2),
      ...['shopify_sessions', 'kept'].flatMap((one) => [
        `ALTER TABLE ${one} ENABLE ROW LEVEL SECURITY`,
        `CREATE POLICY own ON ${one} USING (current_setting('app.shop', true) = 'a')`,
      ]),
    );
    const asRole = await role(url, 'ALL ON ALL TABLES IN SCHEMA public');
    const { stdout, stderr } = await run(asRole, 'rotate', '--layout', 'prisma');
    expect(stdout, stderr).not.toContain('can be removed');
    expect(stdout).toContain('as well: records in table kept, table shopify_sessions.');
  });

  it.each([
    ['', 'not read in time: see ?deadline='],
    ["ALTER DATABASE NAME SET lock_timeout = '100ms'", 'could not be read this time'],
  ])(
    'a locked table keeps no command waiting, and may hold sessions: %s',
    async (setting, note) => {
      const url = await postgres('CREATE TABLE settings (key text, value text)');
      await storeSessions(url, 1, oldKey);
      const lock = new pg.Client(url);
      await lock.connect();
      onTestFinished(() => lock.end());
      await lock.query(setting.replace('NAME', new URL(url).pathname.slice(1)));
      await lock.query('BEGIN; LOCK TABLE settings IN ACCESS EXCLUSIVE MODE');

      const { code, stdout, stderr } = await run(`${url}?deadline=1000`, 'status');

      expect(code, stderr).toBe(0);
      expect(stdout).toContain(`as well: records in table settings (${note}).`);
    },
  );
});

describe.skipIf(sharedServer('mysql') === undefined)('in MySQL', () => {
  it('a view does not count as another place, and can be chosen', async () => {
    const { url, server } = await mysql();
    for (const one of [table, await row('shopify_sessions', 1), view]) await server.query(one);

    await expectPassedOver(url, 'offline');
  });

  it('a locked table keeps no command waiting, and may hold sessions', async () => {
    const { url, server } = await mysql();
    await storeSessions(url, 1, oldKey);
    await server.query('CREATE TABLE settings ("key" text, value text)');
    await server.query('LOCK TABLES settings WRITE');

    const { code, stdout, stderr } = await run(`${url}?deadline=1000`, 'status');
    await server.query('UNLOCK TABLES');

    expect(code, stderr).toBe(0);
    expect(stdout).toContain(
      'as well: records in table settings (not read in time: see ?deadline=).',
    );
  });
});
