// A database may hold sessions in several places. A run over one of them says nothing of the keys that the
// others need, and names them.
import { Session } from '@shopify/shopify-api';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { columns, mysql, postgres, program, role, row, run, sqlite } from './other-places-scene.js';
import { oldKey, sessionNumber, storeSessions } from './scene.js';

const inTwoSchemas = async () => [
  `CREATE SCHEMA app`,
  `CREATE TABLE "Session" (${columns('text')})`,
  `CREATE TABLE app."Session" (${columns('text')})`,
  await row('"Session"', 1),
  await row('app."Session"', 2),
];

describe('beside another table of SQLite that holds sessions', () => {
  it('rotate calls no key removable, there or in the last place', async () => {
    const url = await sqlite('shopify_sessions', 'Session');

    const first = await run(url, 'rotate', '--layout', 'prisma');

    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).not.toContain('can be removed');
    expect(first.stdout).toContain(
      'Another place holds sessions as well: table shopify_sessions. Run it there too.',
    );
    expect(first.stdout).toContain(': not needed by what was looked at');
    expect(first.stdout).toContain(
      'Not needed here: old. A key that is needed nowhere can go, once',
    );

    const last = await run(url, 'rotate', '--layout', 'official');
    expect(last.code).toBe(0);
    expect(last.stdout).not.toContain('can be removed');
    expect(last.stdout).toContain('Another place holds sessions as well: table Session.');
    expect(last.stdout).toContain('Not needed here: old.');
  });

  it('status and rotate say it as JSON', async () => {
    const url = await sqlite('shopify_sessions', 'Session', 'my_sessions');
    for (const command of ['rotate', 'status']) {
      const { stdout } = await run(url, command, '--layout', 'prisma', '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        place: 'table Session',
        otherPlaces: ['table my_sessions', 'table shopify_sessions'],
        unseen: ['other places'],
        keys: [{ state: 'primary' }, { kid: 'old', state: 'unknown' }],
      });
    }
  });

  it.each(['list --kid old', 'delete --kid old'])('%s names the other place', async (command) => {
    const url = await sqlite('shopify_sessions', 'Session');
    const { code, stderr } = await run(url, command, '--layout', 'prisma');
    expect(code).toBe(0);
    expect(stderr).toContain('Another place holds sessions as well: table shopify_sessions.');
  });

  it('copy names it of the source alone', async () => {
    const from = await sqlite('shopify_sessions', 'Session');
    const to = await sqlite('shopify_sessions', 'Session');
    const { code, stderr } = await program.run([
      ...['copy', '--from', from, '--from-layout', 'prisma'],
      ...['--to', to, '--to-layout', 'prisma', '--update'],
    ]);
    expect(code, stderr).toBe(0);
    expect(stderr.match(/Another place holds sessions/g)).toHaveLength(1);
  });
});

it('beside tables that hold no session, rotate says that the old key can be removed', async () => {
  const url = await sqlite('Session');
  const database = new Database(url.replace('sqlite:', ''));
  database.exec(`CREATE TABLE "shopify_sessions" (${columns('text')})`);
  database.exec(
    "CREATE TABLE settings (key text, value text); INSERT INTO settings VALUES ('a', 'b')",
  );
  database.close();

  const { code, stdout } = await run(url, 'rotate', '--layout', 'prisma');

  expect(code).toBe(0);
  expect(stdout).toContain(': can be removed');
  expect(stdout).not.toContain('as well');
});

it('beside records in a table of another name', async () => {
  const url = await sqlite('Session');
  await storeSessions(`${url}?table=kept`, 1, oldKey);
  const { stdout } = await run(url, 'rotate');
  expect(stdout).not.toContain('can be removed');
  expect(stdout).toContain('holds sessions as well: records in table kept.');
});

describe.skipIf(sharedServer('postgres') === undefined)('in another schema of PostgreSQL', () => {
  it.each([
    ['the first of the search path', '', [], 'app.Session'],
    ['the one that the URL names', '?schema=app', [], 'public.Session'],
    ['the one that --table names', '', ['--table', 'app.Session'], 'Session'],
  ])('rotate of %s names the other', async (_, query, option, other) => {
    const url = await postgres(...(await inTwoSchemas()));

    const { code, stdout } = await run(`${url}${query}`, 'rotate', ...option);

    expect(code).toBe(0);
    expect(stdout).not.toContain('can be removed');
    expect(stdout).toContain(`Another place holds sessions as well: table ${other}.`);
  });

  it('one that cannot be read may hold some', async () => {
    const settings = 'CREATE TABLE app.settings (key text, value text)';
    const url = await postgres(...(await inTwoSchemas()), settings);
    const asRole = await role(url, 'USAGE ON SCHEMA app', 'ALL ON "Session"');

    const { stdout, stderr } = await run(asRole, 'status');

    expect(stdout, stderr).toContain('as well: table app.Session (cannot be read).');
  });
});

it.skipIf(sharedServer('mysql') === undefined)('in another table of MySQL', async () => {
  const { url, server } = await mysql();
  for (const [at, table] of ['Session', 'shopify_sessions', '`key`'].entries()) {
    await server.query(`CREATE TABLE ${table} (${columns('varchar(100)')})`);
    await server.query(await row(table, at + 1));
  }
  await storeSessions(`${url}?table=kept`, 1, oldKey);

  const { code, stdout } = await run(url, 'rotate', '--layout', 'official');

  expect(code).toBe(0);
  expect(stdout).not.toContain('can be removed');
  expect(stdout).toContain(
    'Other places hold sessions as well: records in table kept, table key, table Session.',
  );
});

describe.skipIf(!canStartRedis())('in Redis', () => {
  it('under other prefixes, and of the other kind', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    await storeSessions(redis.url, 2, oldKey);
    const alone = await run(redis.url, 'rotate');
    expect(alone.stdout, alone.stderr).toContain('can be removed');

    await storeSessions(`${redis.url}?prefix=my-app`, 1, oldKey);
    for (const sessionKeyPrefix of ['shopify_sessions', 'other_app']) {
      const storage = new RedisSessionStorage(redis.url, { sessionKeyPrefix });
      await storage.storeSession(new Session({ ...sessionNumber(1), state: '' }));
      await storage.disconnect();
    }
    const { code, stdout } = await run(redis.url, 'rotate', '--layout', 'records');

    expect(code).toBe(0);
    expect(stdout).not.toContain('can be removed');
    expect(stdout).toContain(
      'hold sessions as well: keys shopify_sessions_*, records my-app:id:*, keys other_app_*. Run it',
    );
    const other = await run(`${redis.url}?prefix=my-app`, 'status');
    expect(other.stdout).toMatch(/hold sessions as well: .*, records\b/);

    await storeSessions(`${redis.url}?prefix=other_app`, 1, oldKey);
    const both = await run(`${redis.url}?prefix=other_app`, 'status');
    expect(both.stderr).toContain(
      'Say which with --layout. Give --table in place of its name in the URL.',
    );
    const told = await run(redis.url, 'status', '--table', 'other_app', '--layout', 'official');
    expect(told.stdout, told.stderr).toContain(', keys other_app_* (');
  });
});

describe('what an error says of places can be done', () => {
  it.skipIf(sharedServer('postgres') === undefined)('of two schemas: --table', async () => {
    const table = (schema: string) =>
      `CREATE SCHEMA ${schema}; CREATE TABLE ${schema}."Session" (${columns('text')})`;
    const url = await postgres(table('blue'), table('green'), await row('green."Session"', 1));
    for (const option of [[], ['--layout', 'prisma']]) {
      const { code, stderr } = await run(url, 'status', ...option);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'several places: blue.Session, green.Session. Say which with --table, or with ?schema= in the URL.',
      );
    }
    const told = await run(url, 'status', '--layout', 'prisma', '--table', 'green.Session');
    expect(told.stdout, told.stderr).toContain(', table green.Session (');
  });

  it.each([
    ['--layout official', 'my_sessions', 'There is my_sessions: say so with --table.'],
    ['--layout official', 'Session', 'There is Session (--layout prisma): say so with --layout.'],
    ['', 'my_sessions', 'There is my_sessions: say so with --table.'],
  ])('of another table than %s: %s', async (option, table, words) => {
    const url = await sqlite(table);
    const { code, stderr } = await run(url, 'status', ...option.split(' ').filter(Boolean));
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
