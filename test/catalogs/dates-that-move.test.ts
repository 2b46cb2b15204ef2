// Dates that a database, or JavaScript, would change: when a session expires stays as it was.
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import { sharedServer } from '../servers/shared.js';
import { everySession, mysqlTables, type SqlTables } from './sql-tables.js';

describe('a date without a time zone, in a table of Prisma on SQLite', () => {
  const zone = process.env.TZ;
  beforeEach(() => {
    process.env.TZ = 'Asia/Kolkata';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test.each([
    ['2026-11-29 19:05:31.091', '2026-11-29T19:05:31.091Z'],
    ['2026-11-29T19:05:31', '2026-11-29T19:05:31.000Z'],
    ['2026-11-29T19:05:31.091+00:00', '2026-11-29T19:05:31.091Z'],
    ['2026-11-29T19:05:31+02:00', '2026-11-29T17:05:31.000Z'],
    ['2026-11-29', '2026-11-29T00:00:00.000Z'],
  ])('is UTC, as for Prisma, wherever this runs: %s', async (text, expires) => {
    const database = new Libsql(':memory:');
    database.exec(
      `CREATE TABLE Session (id TEXT PRIMARY KEY, shop TEXT, state TEXT, isOnline BOOLEAN, expires DATETIME,
         accessToken TEXT)`,
    );
    database.prepare("INSERT INTO Session VALUES ('a', 'a', '', 1, ?, 'x')").run(text);
    const catalog = sqliteCatalog(database, { sessionTableName: 'Session' });
    expect(await everySession(catalog)).toMatchObject([{ expires: new Date(expires) }]);
    await catalog.disconnect?.();
  });
});

describe.skipIf(sharedServer('mysql') === undefined)(
  'a date that MySQL writes at each update (ON UPDATE), as a TIMESTAMP is declared by default in earlier releases',
  () => {
    let tables: SqlTables;
    beforeEach(async () => {
      tables = await mysqlTables(sharedServer('mysql') ?? '');
      await tables.query(
        `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop text, state text, isOnline boolean,
           expires timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
           accessToken text, refreshToken text)`,
      );
      await tables.query(
        `INSERT INTO shopify_sessions VALUES ('a', 'a', '', 1, '2030-01-02 03:04:05', 'x', NULL),
           ('b', 'b', '', 1, '2030-01-02 03:04:05', 'x', NULL)`,
      );
    });
    afterEach(() => tables.drop());
    const expires = new Date('2030-01-02T03:04:05Z');

    test('stays when a token is replaced, alone or with others', async () => {
      const { catalog } = tables;
      const [a, b] = await everySession(catalog);
      if (a === undefined || b === undefined) throw new Error('The sessions are not there.');
      await catalog.replaceSession(a, { ...a, accessToken: 'y' });
      await catalog.replaceSessions?.([{ current: b, next: { ...b, accessToken: 'y' } }]);
      const replaced = { accessToken: 'y', expires };
      expect(await everySession(catalog)).toMatchObject([replaced, replaced]);
    });

    test('is written when it is to change', async () => {
      const { catalog } = tables;
      const [a] = await everySession(catalog);
      if (a === undefined) throw new Error('The session is not there.');
      const later = new Date('2031-01-02T03:04:05Z');
      await expect(catalog.replaceSession(a, { ...a, expires: later })).resolves.toBe(true);
      await expect(catalog.loadSession('a')).resolves.toMatchObject({ expires: later });
    });
  },
);
