// Where copy --to puts sessions: into the table of the storage that the app will use, or into records.
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { packedProgram } from './program.js';
import { oldKey, sessionNumber, storeOnOldKey, storeSessions, temporaryFolder } from './scene.js';

const program = await packedProgram();

/** A database with empty tables of sessions under these names. */
async function destination(...tables: string[]) {
  const path = join(await temporaryFolder(), 'new.db');
  const database = new Database(path);
  for (const table of tables) {
    database.exec(
      `CREATE TABLE ${table} (id varchar(255) NOT NULL PRIMARY KEY, shop varchar(255) NOT NULL, state varchar(255) NOT NULL,
       isOnline integer NOT NULL, scope varchar(1024), expires integer, onlineAccessInfo varchar(255), accessToken varchar(255),
       refreshToken varchar(255), refreshTokenExpires integer)`,
    );
  }
  const ids = (table: string) =>
    (database.prepare(`SELECT * FROM ${table}`).all() as { id?: string }[]).map(({ id }) => id);
  const tableNames = () =>
    (
      database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
        name: string;
      }[]
    ).map(({ name }) => name);
  return { url: `sqlite:${path}`, ids, tableNames };
}

const copy = (from: string, to: string, ...args: string[]) =>
  program.run(['copy', '--from', from, '--to', to, ...args]);

const ofTwo = [1, 2].map((n) => sessionNumber(n).id);

describe('copy --to', () => {
  it('fills the table of an official storage that is there, and says so', async () => {
    const [from, { url, ids, tableNames }] = [
      await storeOnOldKey(2),
      await destination('shopify_sessions'),
    ];

    const { code, stderr } = await copy(from, url);

    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`To: ${url}, table shopify_sessions\n`);
    expect(ids('shopify_sessions')).toEqual(ofTwo);
    expect(tableNames()).toEqual(['shopify_sessions']);
  });

  it('refuses to choose between two, and takes --to-layout', async () => {
    const [from, { url, ids }] = [await storeOnOldKey(2), await destination('shopify_sessions')];
    await storeSessions(url, 1, oldKey);

    const { code, stderr } = await copy(from, url);
    expect(code).toBe(2);
    expect(stderr).toContain('--to has sessions in several places: ');
    expect(stderr).toContain('shopify_sessions (--to-layout official)');
    expect(stderr).toContain('Say which with --to-layout.');

    expect((await copy(from, url, '--to-layout', 'official')).code).toBe(0);
    expect(ids('shopify_sessions')).toEqual(ofTwo);
  });

  it('makes no records beside a table of sessions under another name, unless it is told to', async () => {
    const [from, { url, ids, tableNames }] = [
      await storeOnOldKey(2),
      await destination('my_sessions'),
    ];

    const { code, stderr } = await copy(from, url);
    expect(code).toBe(2);
    expect(stderr).toContain('There is my_sessions: say so with --to-table.');
    expect(tableNames()).toEqual(['my_sessions']);

    expect((await copy(from, url, '--to-table', 'my_sessions')).code).toBe(0);
    expect(ids('my_sessions')).toEqual(ofTwo);
    expect((await copy(from, url, '--to-layout', 'records')).code).toBe(0);
    expect(tableNames()).toContain('shopify_session_records');
  });

  it.each([
    ['--to-layout', 'official'],
    ['--to-table', 'my_sessions'],
  ])('makes no table of another storage: %s %s', async (...option) => {
    const [from, { url, tableNames }] = [await storeOnOldKey(1), await destination()];

    const { code, stderr } = await copy(from, url, ...option);

    expect(code).toBe(2);
    expect(stderr).toContain('Start the app once with its new storage');
    expect(tableNames()).toEqual([]);
  });

  it('moves from one table of a database to another, but never onto itself', async () => {
    const { url, ids } = await destination('shopify_sessions');
    await storeSessions(url, 2, oldKey);

    const moved = await copy(url, url, '--from-layout', 'records', '--to-layout', 'official');
    expect(moved.code, moved.stderr).toBe(0);
    expect(ids('shopify_sessions')).toEqual(ofTwo);

    const same = await copy(url, url, '--from-layout', 'records', '--to-layout', 'records');
    expect(same.code).toBe(2);
    expect(same.stderr).toContain('are the same store');

    for (const other of [url, `${url}?deadline=9000`, url.replace('/new.db', '/./new.db')]) {
      const named = ['--from', 'env:A', '--from-layout', 'records', '--to', 'env:B'];
      const byVariables = await program.run(['copy', ...named, '--to-layout', 'records'], {
        env: { A: url, B: other },
      });
      expect(byVariables.code).toBe(2);
      expect(byVariables.stderr).toContain('are the same store');
    }
  });
});
