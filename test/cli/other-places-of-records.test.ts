// Records share a table under several prefixes, and stand in tables that look like many others: those with a key
// and a value.
import Database from 'libsql';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { columns, mysql, postgres, row, run, sqlite } from './other-places-scene.js';
import { oldKey, storeSessions } from './scene.js';

const hasPostgres = sharedServer('postgres') !== undefined;
const hasMysql = sharedServer('mysql') !== undefined;

const as = (place: string) => `Another place holds sessions as well: ${place}. Run it there too.`;

/** Runs statements in a database of SQLite or PostgreSQL. */
async function change(url: string, ...statements: readonly string[]): Promise<void> {
  if (url.startsWith('sqlite:')) {
    const database = new Database(url.replace('sqlite:', ''));
    for (const statement of statements) database.exec(statement);
    database.close();
    return;
  }
  const client = new pg.Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const databases = [
  ['SQLite', true, () => sqlite()],
  ['PostgreSQL', hasPostgres, () => postgres()],
  ['MySQL', hasMysql, async () => (await mysql()).url],
] as const;

for (const [name, isThere, make] of databases) {
  describe.skipIf(!isThere)(`in one table of ${name}`, () => {
    it('rotate names the other prefix as the URL takes it, from either side', async () => {
      const url = await make();
      // Capital letters are told apart, and an _ stands for itself.
      for (const prefix of ['app_2', 'App_2', 'appx2']) {
        await storeSessions(`${url}?prefix=${prefix}`, 1, oldKey);
      }
      const first = await run(`${url}?prefix=app_2`, 'rotate');
      expect(first.code, first.stderr).toBe(0);
      expect(first.stdout).not.toContain('can be removed');
      expect(first.stdout).toMatch(/Other places hold sessions as well: /);
      for (const prefix of ['App_2', 'appx2']) {
        expect(first.stdout).toContain(
          `records with ?prefix=${prefix} in table shopify_session_records`,
        );
      }

      await storeSessions(url, 1, oldKey);
      const other = await run(`${url}?prefix=appx2`, 'status');
      expect(other.stdout).toContain('old');
      expect(other.stdout).toContain(
        'records with ?prefix=shopify-session in table shopify_session_records',
      );
    });

    it('rotate of the only prefix says that the old key can be removed', async () => {
      const url = await make();
      await storeSessions(`${url}?prefix=app_2`, 2, oldKey);
      const { code, stdout, stderr } = await run(`${url}?prefix=app_2`, 'rotate');
      expect(code, stderr).toBe(0);
      expect(stdout).toContain('can be removed');
      expect(stdout).not.toContain('as well');
    });
  });
}

it('records in another table are named with their prefix', async () => {
  const url = await sqlite('Session');
  await storeSessions(`${url}?table=kept&prefix=app2`, 1, oldKey);
  const { stdout } = await run(url, 'rotate');
  expect(stdout).not.toContain('can be removed');
  expect(stdout).toContain(as('records with ?prefix=app2 in table kept'));
  const there = await run(`${url}?prefix=app2`, 'status', '--table', 'kept');
  expect(there.stdout, there.stderr).toMatch(/^ {2}old .* 1 session/m);
});

describe.skipIf(!hasPostgres)('of a Keyv', () => {
  it.each([
    ['my-app', 'records with ?prefix=my-app:shopify-session in table keyv'],
    [
      'my app',
      'records with ?prefix=my app:shopify-session in table keyv (name a catalog: --catalog)',
    ],
  ])('with the namespace %s', async (namespace, place) => {
    const url = await postgres();
    await storeSessions(`${url}?table=keyv`, 1, oldKey);
    await change(
      url,
      `INSERT INTO keyv SELECT '${namespace}:' || key, value FROM keyv WHERE key LIKE '%:id:%'`,
    );
    const { stdout, stderr } = await run(`${url}?table=keyv`, 'rotate');
    expect(stdout, stderr).not.toContain('can be removed');
    expect(stdout).toContain(as(place));
  });

  it('in an envelope of its adapter', async () => {
    const url = await postgres(`CREATE TABLE "Session" (${columns('text')})`);
    await storeSessions(url, 1, oldKey);
    await change(
      url,
      await row('"Session"', 1),
      `CREATE TABLE cache AS
       SELECT key, json_build_object('value', value)::text AS value FROM shopify_session_records`,
      'DROP TABLE shopify_session_records',
    );
    const { stdout, stderr } = await run(url, 'rotate');
    expect(stdout, stderr).toContain(as('records in table cache'));
  });
});

for (const [name, isThere, make] of databases.slice(0, 2)) {
  describe.skipIf(!isThere)(`in ${name}`, () => {
    it('a table of records to which the app has added a column', async () => {
      const url = await make();
      await storeSessions(url, 1, oldKey);
      await storeSessions(`${url}?table=kept`, 1, oldKey);
      await change(url, 'ALTER TABLE kept ADD COLUMN created_at timestamp');

      const { stdout, stderr } = await run(url, 'rotate');

      expect(stdout, stderr).not.toContain('can be removed');
      expect(stdout).toContain(as('records in table kept'));
      const there = await run(url, 'status', '--table', 'kept');
      expect(there.stdout, there.stderr).toContain(as('records in table shopify_session_records'));
    });

    it('no table that has the word session in a value', async () => {
      const url = await make();
      await storeSessions(url, 1, oldKey);
      const value = name === 'SQLite' ? '"Value"' : 'value';
      await change(
        url,
        `CREATE TABLE kv2 (key text, ${value} text, created_at timestamp)`,
        `INSERT INTO kv2 (key, value) VALUES ('user:id:1', '{"session":1,"type":"session"}')`,
      );

      const { stdout, stderr } = await run(url, 'rotate');

      expect(stdout, stderr).toContain('can be removed');
      expect(stdout).not.toContain('as well');
    });
  });
}

it('a virtual table of SQLite whose module is absent is passed over', async () => {
  const url = await sqlite();
  await storeSessions(url, 1, oldKey);
  await change(
    url,
    'PRAGMA writable_schema = ON',
    `INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql)
     VALUES ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(e float[4])')`,
    'PRAGMA writable_schema = OFF',
  );
  const { code, stdout, stderr } = await run(url, 'rotate');
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('can be removed');
});
