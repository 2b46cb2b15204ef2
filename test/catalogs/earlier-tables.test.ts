import { afterEach, expect, test } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { everySession, mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

let tables: SqlTables | undefined;
afterEach(() => tables?.drop());

test.skipIf(sharedServer('postgres') === undefined)(
  'a PostgreSQL table of an early release, in lower case and without refresh tokens, is served',
  async () => {
    tables = await postgresqlTables(sharedServer('postgres') ?? '');
    await tables.query(
      `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255) NOT NULL,
         state varchar(255) NOT NULL, isOnline boolean NOT NULL, scope varchar(255),
         expires integer, onlineAccessInfo varchar(255), accessToken varchar(255))`,
    );
    await tables.query(
      `INSERT INTO shopify_sessions VALUES ('a_7', 'a', '1', true, 'read', 1700000000, '7', 'shpua_1')`,
    );
    await expectServed(tables, 'accesstoken');
  },
);

test.skipIf(sharedServer('mysql') === undefined)(
  'a MySQL table of an early release, without refresh tokens, is served',
  async () => {
    tables = await mysqlTables(sharedServer('mysql') ?? '');
    await tables.query(
      `CREATE TABLE shopify_sessions (id varchar(255) NOT NULL PRIMARY KEY, shop varchar(255) NOT NULL,
         state varchar(255) NOT NULL, isOnline tinyint NOT NULL, scope varchar(255),
         expires integer, onlineAccessInfo varchar(255), accessToken varchar(255))`,
    );
    await tables.query(
      `INSERT INTO shopify_sessions VALUES ('a_7', 'a', '1', 1, 'read', 1700000000, '7', 'shpua_1')`,
    );
    await expectServed(tables, 'accessToken');
  },
);

test.skipIf(sharedServer('mysql') === undefined)(
  'a MySQL table in another character set is gone through in its own order, without gaps',
  async () => {
    tables = await mysqlTables(sharedServer('mysql') ?? '');
    await tables.query(
      `CREATE TABLE shopify_sessions (id varchar(255) NOT NULL PRIMARY KEY, shop varchar(255),
         state varchar(255), isOnline tinyint, accessToken varchar(255), email varchar(255)
       ) CHARACTER SET latin1 COLLATE latin1_swedish_ci`,
    );
    const ids = Array.from({ length: 2_100 }, (_, index) => `${'_-.~^aZ@é'[index % 9]}${index}`);
    const rows = ids.map((id) => [id, 'a', '', 0, 'x', 'zoë@example.com']);
    await tables.query('INSERT INTO shopify_sessions VALUES ?', [rows]);
    const found = await everySession(tables.catalog);
    expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
    const [current] = found;
    if (current === undefined) throw new Error('There are no sessions.');
    expect(current.onlineAccessInfo?.associated_user.email).toBe('zoë@example.com');
    const next = { ...current, accessToken: 'y' };
    await expect(tables.catalog.replaceSession(current, next)).resolves.toBe(true);
    await expect(tables.catalog.loadSession(current.id)).resolves.toEqual(next);
  },
);

async function expectServed({ catalog, query }: SqlTables, column: string): Promise<void> {
  const [current] = await everySession(catalog);
  if (current === undefined) throw new Error('The session is not there.');
  expect(current).toEqual({
    id: 'a_7',
    shop: 'a',
    state: '1',
    isOnline: true,
    scope: 'read',
    expires: new Date(1_700_000_000_000),
    accessToken: 'shpua_1',
    onlineAccessInfo: { associated_user: { id: 7 } },
  });
  const next = { ...current, accessToken: 'sealed', refreshToken: '' };
  await expect(catalog.replaceSession(current, next)).resolves.toBe(true);
  await expect(catalog.replaceSession(current, next)).resolves.toBe(false);
  const [row] = await query('SELECT * FROM shopify_sessions');
  expect(row).toMatchObject({ [column]: 'sealed', expires: 1_700_000_000, scope: 'read' });

  const withRefreshToken = { ...next, refreshToken: 'secret' };
  await expect(catalog.replaceSession(next, withRefreshToken)).rejects.toMatchObject({
    code: 'ERR_SESSION_INVALID',
    field: 'refreshToken',
    message: expect.stringContaining('no column refreshToken'),
  });
  await expect(catalog.misfits?.([next, withRefreshToken])).resolves.toMatchObject([
    undefined,
    { code: 'ERR_SESSION_INVALID' },
  ]);
}
