// A table that has two columns for what may be sealed, or what that is bound to, is refused: which of them the app uses
// is not known, and the key that sealed what stands in the other would be said to be of no use.
import Libsql from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { Keyring, reencryptSessions, type SessionCatalog } from '../../src/index.js';
import { sharedServer } from '../servers/shared.js';
import { prismaOfOneRow } from './prisma-model.js';
import { everySession, mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

async function sqliteTables(): Promise<SqlTables> {
  const database = new Libsql(':memory:');
  return {
    catalog: sqliteCatalog(database) as SqlTables['catalog'],
    query: async (sql) => database.prepare(sql).all() as [],
    drop: async () => void database.close(),
  };
}

const databases = [
  {
    name: 'PostgreSQL',
    canRun: sharedServer('postgres') !== undefined,
    make: () => postgresqlTables(sharedServer('postgres') ?? ''),
    names: [
      ['access_token', '"accessToken"'],
      ['"accessToken"', 'accesstoken'],
      ['accesstoken', 'access_token'],
    ],
  },
  {
    name: 'MySQL',
    canRun: sharedServer('mysql') !== undefined,
    make: () => mysqlTables(sharedServer('mysql') ?? ''),
    names: [['access_token', 'accessToken']],
  },
  {
    name: 'SQLite',
    canRun: true,
    make: sqliteTables,
    names: [
      ['access_token', 'accessToken'],
      ['accessToken', 'access_token'],
    ],
  },
];

const plain = (quoted: string) => quoted.replaceAll('"', '');

let tables: SqlTables | undefined;
afterEach(() => tables?.drop());

/** A bigint as the database's client hands it out. */
const sameKind = (like: unknown, id: number) => (typeof like === 'string' ? String(id) : id);

describe.each(databases.filter(({ canRun }) => canRun))('$name', ({ name, make, names }) => {
  const quoted = (column: string) => (name === 'PostgreSQL' ? `"${column}"` : column);

  it.each(names)('refuses a table that has %s and %s', async (one = '', other = '') => {
    tables = await make();
    const { catalog, query } = tables;
    const more = 'state varchar(9)';
    await query(
      `CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99), ${one} varchar(999), ${more}, ${other} varchar(999))`,
    );
    const refused = expect.objectContaining({
      code: 'ERR_OPTION_INVALID',
      message:
        `Table "shopify_sessions" has two columns for accessToken: ${plain(one)} and ${plain(other)}. ` +
        'Remove or rename the one that the app does not use.',
    });

    await expect(everySession(catalog)).rejects.toEqual(refused);
    await expect(catalog.loadSession('a')).rejects.toEqual(refused);
    await expect(catalog.warnings()).rejects.toEqual(refused);
    await expect(reencryptSessions(catalog, { keyring: Keyring.generate() })).rejects.toMatchObject(
      { cause: refused },
    );
  });

  it('refuses one that has two columns for the shop, which tokens are bound to', async () => {
    tables = await make();
    const { catalog, query } = tables;
    await query(
      'CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99), s_hop varchar(99), access_token varchar(999))',
    );
    await expect(everySession(catalog)).rejects.toThrow('two columns for shop: shop and s_hop.');
  });

  it('refuses one that has two columns for user info that may be JSON with something sealed', async () => {
    tables = await make();
    const { catalog, query } = tables;
    await query(
      `CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99), ${quoted('accessToken')} varchar(999), ${quoted('onlineAccessInfo')} varchar(999), online_access_info varchar(999))`,
    );
    await expect(everySession(catalog)).rejects.toThrow('two columns for onlineAccessInfo: ');
  });

  it('refuses one that has two columns for the user, neither of them written as that of the token', async () => {
    tables = await make();
    const { catalog, query } = tables;
    await query(
      `CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99), ${quoted('accessToken')} varchar(999), user_id bigint, userid bigint)`,
    );
    await expect(everySession(catalog)).rejects.toThrow('two columns for userId: ');
  });

  const spellings = [
    { token: 'accessToken', userId: 'userId', own: 'user_id' },
    { token: 'access_token', userId: 'user_id', own: 'userId' },
  ];
  it.each(spellings)(
    "passes over an app's own $own and others beside what the storage of $token uses",
    async ({ token, userId, own }) => {
      tables = await make();
      const { catalog, query } = tables;
      const online = token === 'accessToken' ? 'isOnline' : 'is_online';
      await query(
        `CREATE TABLE shopify_sessions (${quoted(own)} varchar(99), _state varchar(99), id varchar(99) PRIMARY KEY, shop varchar(99),
           state varchar(99), ${quoted(online)} boolean, expires integer, ${quoted(token)} varchar(999), ${quoted(userId)} bigint,
           expires_ timestamp NULL, state_ varchar(99))`,
      );
      await query(
        `INSERT INTO shopify_sessions (id, shop, state, ${quoted(online)}, expires, expires_, ${quoted(token)}, ${quoted(userId)}, ${quoted(own)}, _state, state_)
         VALUES ('a', 'a.myshopify.com', 's', true, 1800000000, '2020-01-01 00:00:00', 'shpat_1', 7, 'mine', 'mine', 'mine')`,
      );
      const rows = () => query('SELECT * FROM shopify_sessions ORDER BY id');
      const [before] = await rows();
      const [session] = await everySession(catalog);
      const stored = {
        id: 'a',
        shop: 'a.myshopify.com',
        state: 's',
        isOnline: true,
        expires: new Date(1_800_000_000_000),
        accessToken: 'shpat_1',
        onlineAccessInfo: { associated_user: { id: 7 } },
      };
      expect(session).toEqual(stored);
      const next = { ...stored, onlineAccessInfo: { associated_user: { id: 8 } }, state: 't' };
      expect(session && (await catalog.replaceSession(session, next))).toBe(true);
      const changed: StoredSession = { ...next, accessToken: 'shpat_2' };
      const changes = [{ current: next, next: changed }];
      expect(await catalog.replaceSessions?.(changes)).toEqual([true]);
      expect(await catalog.insertSessions?.([{ ...changed, id: 'b' }])).toEqual([true]);
      const after = { ...before, state: 't', [token]: 'shpat_2' };
      expect(await rows()).toEqual([
        { ...after, [userId]: sameKind(before?.[userId], 8) },
        {
          ...after,
          id: 'b',
          [userId]: sameKind(before?.[userId], 8),
          [own]: null,
          _state: null,
          state_: null,
          expires_: null,
        },
      ]);
    },
  );

  it("does not mind the names of an app's own columns", async () => {
    tables = await make();
    const { catalog, query } = tables;
    await query(
      'CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99), access_token varchar(999), last_seen int, lastseen int)',
    );
    await query(`INSERT INTO shopify_sessions VALUES ('a', 'a', 'shpat_1', 1, 2)`);
    expect(await everySession(catalog)).toMatchObject([{ id: 'a', accessToken: 'shpat_1' }]);
  });
});

it('a Prisma model has the names of the storage, whatever other fields it has', async () => {
  const row = {
    id: 'a',
    shop: 'a',
    accessToken: 'shpat_1',
    access_token: 'former',
    accesstoken: 'former',
  };
  const written: unknown[] = [];
  const prisma = prismaOfOneRow(row, { ...row, shop: {} }, async ({ data }) => ({
    count: written.push(data),
  }));
  const catalog: SessionCatalog<StoredSession> = prismaCatalog(prisma);

  const [session] = await everySession(catalog);
  expect(session).toMatchObject({ accessToken: 'shpat_1' });
  expect(session && (await catalog.loadSession?.('a'))).toEqual(session);
  expect(
    session && (await catalog.replaceSession(session, { ...session, accessToken: 'shpat_2' })),
  ).toBe(true);
  expect(written).toEqual([{ accessToken: 'shpat_2' }]);
});
