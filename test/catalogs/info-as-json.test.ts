// An app's own storage may keep `onlineAccessInfo` as JSON. What is sealed in it needs its key, whether or not
// the catalog can write it.
import type { Session } from '@shopify/shopify-api';
import Libsql from 'libsql';
import { afterEach, describe, expect, it, test } from 'vitest';
import { dynamodbCatalog } from '../../src/catalogs/dynamodb/index.js';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import { decodeSession, withChanges } from '../../src/catalogs/property-array.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  EncryptedSessionStorage,
  Keyring,
  type ReencryptionOptions,
  reencryptSessions,
  type SessionCatalog,
} from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { onlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { prismaOfOneRow } from './prisma-model.js';
import { everySession, mysqlTables, postgresqlTables, type SqlTables } from './sql-tables.js';

const [oldKey, newKey] = [generateKey({ kid: 'old' }).text, generateKey({ kid: 'new' }).text];
const keyring = Keyring.parse(`${newKey},${oldKey}`);
const session = onlineSession('a.myshopify.com', 7);

type Stored = Pick<Session, 'accessToken' | 'onlineAccessInfo'>;

/** A session as the app has its own storage store it. */
async function storedByApp(userInfo: boolean): Promise<Stored> {
  let stored: Stored = {};
  const storage = {
    storeSession: async (given: Session) => {
      stored = given;
      return true;
    },
    loadSession: async (): Promise<Session | undefined> => undefined,
    deleteSession: async () => true,
  };
  const app = new EncryptedSessionStorage(storage, { keyring: Keyring.parse(oldKey), userInfo });
  await app.storeSession(session);
  return stored;
}

const rotate = async (
  catalog: SessionCatalog<StoredSession>,
  options: ReencryptionOptions = {},
) => {
  const report = await reencryptSessions(catalog, { keyring, ...options });
  const old = report.keys.find(({ kid }) => kid === 'old');
  return { ...report, old: old?.state };
};

async function sqliteTables(): Promise<SqlTables> {
  const database = new Libsql(':memory:');
  return {
    catalog: sqliteCatalog(database) as SqlTables['catalog'],
    query: async (sql, values = []) =>
      database.prepare(sql.replace(/\$\d/g, '?')).all(values) as [],
    drop: async () => void database.close(),
  };
}

const postgres = () => postgresqlTables(sharedServer('postgres') ?? '');
const mysql = async (): Promise<SqlTables> => {
  const made = await mysqlTables(sharedServer('mysql') ?? '');
  return {
    ...made,
    query: (sql, values) => made.query(sql.replace(/\$\d/g, '?').replaceAll('"', '`'), values),
  };
};
const [hasPostgres, hasMysql] = [sharedServer('postgres'), sharedServer('mysql')].map(
  (server) => server !== undefined,
);

const places = [
  { name: 'PostgreSQL, as text', canRun: hasPostgres, make: postgres, type: 'text' },
  { name: 'PostgreSQL, as jsonb', canRun: hasPostgres, make: postgres, type: 'jsonb' },
  { name: 'MySQL, as text', canRun: hasMysql, make: mysql, type: 'text' },
  { name: 'MySQL, as JSON', canRun: hasMysql, make: mysql, type: 'json' },
  { name: 'MySQL, as bytes', canRun: hasMysql, make: mysql, type: 'blob' },
  { name: 'SQLite', canRun: true, make: sqliteTables, type: 'text' },
];

let tables: SqlTables | undefined;
afterEach(() => tables?.drop());

describe.each(places.filter(({ canRun }) => canRun))('$name', ({ make, type }) => {
  async function table(stored: Stored, info: unknown, column = '', value = ''): Promise<SqlTables> {
    tables = await make();
    const { query } = tables;
    await query(
      `CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99) NOT NULL,
         "accessToken" varchar(999), "onlineAccessInfo" ${type} ${column && `, ${column} varchar(999)`})`,
    );
    await query(
      `INSERT INTO shopify_sessions VALUES ($1, $2, $3, $4 ${column && `, '${value}'`})`,
      [session.id, session.shop, stored.accessToken, JSON.stringify(info)],
    );
    return tables;
  }

  it('shows sealed user info, and refuses to reseal it: its key is needed', async () => {
    const stored = await storedByApp(true);
    const { catalog, query } = await table(stored, stored.onlineAccessInfo);
    const [found] = await everySession(catalog);
    expect(found?.onlineAccessInfo?.associated_user).toEqual(
      stored.onlineAccessInfo?.associated_user,
    );
    expect(await catalog.loadSession(session.id)).toEqual(found);
    const before = await query('SELECT * FROM shopify_sessions');

    expect(await rotate(catalog, { dryRun: true })).toMatchObject({ old: 'needed' });
    for (const options of [{}, { userInfo: true }, { mode: 'rollback' } as const]) {
      expect(await rotate(catalog, options)).toMatchObject({
        old: 'needed',
        refused: 1,
        reencrypted: 0,
        findings: [
          {
            outcome: 'refused',
            sessionId: session.id,
            message: `Session ${session.id}: its user info is JSON in onlineAccessInfo, which this catalog does not write. Use a catalog of your own (--catalog).`,
          },
        ],
      });
    }
    expect(await query('SELECT * FROM shopify_sessions')).toEqual(before);
    expect(found && (await catalog.removeSession?.(found))).toBe(true);
  });

  it('leaves plaintext user info as it is, unless it is to be sealed', async () => {
    const stored = await storedByApp(false);
    const { catalog, query } = await table(stored, stored.onlineAccessInfo);
    const info = async () => (await query('SELECT * FROM shopify_sessions'))[0]?.onlineAccessInfo;
    const before = await info();

    expect(await rotate(catalog)).toMatchObject({ old: 'removable', reencrypted: 1 });
    expect(await info()).toEqual(before);
    expect(await rotate(catalog, { mode: 'migrate', userInfo: true })).toMatchObject({
      refused: 1,
      plaintext: 1,
    });
  });

  it('does not read a session with something sealed in JSON of another form', async () => {
    const stored = await storedByApp(true);
    const { catalog } = await table(stored, stored.onlineAccessInfo?.associated_user);

    expect(await rotate(catalog)).toMatchObject({ old: 'unknown', unreadable: 1, scanned: 1 });
    await expect(catalog.loadSession(session.id)).rejects.toThrow(`Session ${session.id}: `);
  });

  it('does not read a session whose JSON says something else than a column', async () => {
    const stored = await storedByApp(true);
    const { catalog } = await table(stored, stored.onlineAccessInfo, 'email', 'a@example.com');
    expect(await rotate(catalog)).toMatchObject({ old: 'unknown', unreadable: 1 });
  });

  describe.each([
    ['NULL', () => null],
    ['the same', (property: string | undefined) => property],
  ] as const)('beside columns of the user that hold %s', (_what, inColumn) => {
    async function beside(stored: Stored, numbers = [1, 2, 3]): Promise<SqlTables> {
      tables = await make();
      const { query } = tables;
      await query(
        `CREATE TABLE shopify_sessions (id varchar(99) PRIMARY KEY, shop varchar(99) NOT NULL, "accessToken" varchar(999),
           "onlineAccessInfo" ${type}, "firstName" varchar(999), email varchar(999), "userId" bigint)`,
      );
      const user = stored.onlineAccessInfo?.associated_user;
      for (const number of numbers) {
        await query('INSERT INTO shopify_sessions VALUES ($1, $2, $3, $4, $5, $6, NULL)', [
          number === 1 ? session.id : `${session.id}_${number}`,
          session.shop,
          number === 1 ? stored.accessToken : 'shpat_plaintext',
          JSON.stringify(stored.onlineAccessInfo),
          inColumn(user?.first_name),
          inColumn(user?.email),
        ]);
      }
      return tables;
    }
    const rowsOf = ({ query }: SqlTables) => query('SELECT * FROM shopify_sessions ORDER BY id');

    it('reseals the token, and leaves user info as it is', async () => {
      const made = await beside(await storedByApp(false));
      const before = await rowsOf(made);
      expect(await rotate(made.catalog)).toMatchObject({ old: 'removable', reencrypted: 1 });
      expect(await rotate(made.catalog, { mode: 'migrate' })).toMatchObject({ reencrypted: 2 });
      const tokens = (await rowsOf(made)).map(({ accessToken }) => accessToken);
      expect(new Set(tokens).size).toBe(3);
      const after = before.map((row, at) => ({ ...row, accessToken: tokens[at] }));
      expect(await rowsOf(made)).toEqual(after);
    });

    it('refuses to reseal the user info', async () => {
      const made = await beside(await storedByApp(true), [1]);
      const before = await rowsOf(made);
      expect(await rotate(made.catalog)).toMatchObject({ old: 'needed', refused: 1 });
      expect(await rowsOf(made)).toEqual(before);
    });

    it('does not replace or remove a session whose token has changed since', async () => {
      const made = await beside(await storedByApp(false));
      const { catalog, query } = made;
      const [found] = await everySession(catalog);
      if (found === undefined) throw new Error('no session');
      await query(`UPDATE shopify_sessions SET "accessToken" = 'shpat_new'`);
      expect(await catalog.replaceSession(found, { ...found, accessToken: 'x' })).toBe(false);
      expect(await catalog.removeSession?.(found)).toBe(false);
      const now = await catalog.loadSession(session.id);
      expect(now && (await catalog.removeSession?.(now))).toBe(true);
    });
  });
});

it('JSON with the id alone leaves what is in columns to be resealed', async () => {
  const { accessToken, onlineAccessInfo } = await storedByApp(true);
  tables = await sqliteTables();
  await tables.query(
    'CREATE TABLE shopify_sessions (id text PRIMARY KEY, shop text, accessToken text, onlineAccessInfo text, email text)',
  );
  await tables.query('INSERT INTO shopify_sessions VALUES (?, ?, ?, ?, ?)', [
    session.id,
    session.shop,
    accessToken,
    '{"associated_user":{"id":7,"email":null}}',
    onlineAccessInfo?.associated_user.email,
  ]);
  expect(await rotate(tables.catalog)).toMatchObject({ old: 'removable', reencrypted: 1 });
});

it('SQLite: user info that is sealed in bytes needs its key', async () => {
  const { accessToken, onlineAccessInfo } = await storedByApp(true);
  tables = await sqliteTables();
  await tables.query(
    'CREATE TABLE shopify_sessions (id text PRIMARY KEY, shop text, accessToken text, email blob)',
  );
  const email = new TextEncoder().encode(onlineAccessInfo?.associated_user.email);
  await tables.query('INSERT INTO shopify_sessions VALUES (?, ?, ?, ?)', [
    session.id,
    session.shop,
    accessToken,
    email,
  ]);
  expect(await rotate(tables.catalog)).toMatchObject({ old: 'needed' });
});

test('a property array of Redis or KV is not written to where its user is JSON', async () => {
  const { onlineAccessInfo } = await storedByApp(true);
  for (const info of [onlineAccessInfo, JSON.stringify(onlineAccessInfo)]) {
    const text = JSON.stringify([
      ['id', session.id],
      ['shop', session.shop],
      ['onlineAccessInfo', info],
    ]);
    const current = decodeSession(text);
    if (current === undefined) throw new Error('not a session');
    const user = current.onlineAccessInfo?.associated_user;
    expect(user).toEqual(onlineAccessInfo?.associated_user);
    expect(withChanges(text, current, { ...current, state: '1' })).toContain('["state","1"]');
    const next = { ...current, onlineAccessInfo: { associated_user: { ...user, email: 'x' } } };
    expect(() => withChanges(text, current, next)).toThrow('its user info is JSON');
  }
});

describe('a Prisma model whose user is JSON', () => {
  async function prismaSession(userInfo: boolean) {
    const { id, shop } = session;
    const row: Record<string, unknown> = {
      id,
      shop,
      ...(await storedByApp(userInfo)),
      email: null,
    };
    const prisma = prismaOfOneRow(row, row, async ({ where, data }) => {
      const { id: _, ...guard } = where as Record<string, { equals: unknown }>;
      const isStill = Object.entries(guard).every(
        ([name, { equals }]) => (row[name] ?? null) === equals,
      );
      if (isStill) Object.assign(row, data);
      return { count: isStill ? 1 : 0 };
    });
    return { row, catalog: prismaCatalog(prisma) };
  }

  it('is not written to where that is sealed', async () => {
    const { catalog, row } = await prismaSession(true);
    const before = { ...row };
    expect(await rotate(catalog)).toMatchObject({ old: 'needed', refused: 1 });
    expect(row).toEqual(before);
  });

  it('has its token resealed where that is not', async () => {
    const { catalog, row } = await prismaSession(false);
    const { accessToken, ...before } = row;
    expect(await rotate(catalog)).toMatchObject({ old: 'removable', reencrypted: 1 });
    expect(row).toMatchObject({ ...before, email: null });
    expect(row.accessToken).not.toBe(accessToken);
  });
});

describe('a text with sealed user info in place of the object', () => {
  it('makes a document of MongoDB unreadable', async () => {
    const { id, shop } = session;
    const { onlineAccessInfo } = await storedByApp(true);
    const document = { id, shop, onlineAccessInfo: JSON.stringify(onlineAccessInfo) };
    const collection = {
      find: async function* () {
        yield document;
      },
      findOne: async () => document,
      updateOne: async () => ({ matchedCount: 1 }),
    };
    const database = { collection: () => collection, client: { close: async () => {} } };
    const catalog = Reflect.apply(mongodbCatalog, undefined, [database]);
    expect(await rotate(catalog)).toMatchObject({ old: 'unknown', unreadable: 1 });
  });

  it('makes an item of DynamoDB unreadable', async () => {
    const { id, shop } = session;
    const { onlineAccessInfo } = await storedByApp(true);
    const Item = {
      id: { S: id },
      shop: { S: shop },
      onlineAccessInfo: { S: JSON.stringify(onlineAccessInfo) },
    };
    const client = {
      scan: async () => ({ Items: [Item] }),
      getItem: async () => ({ Item }),
      putItem: async () => ({}),
      updateItem: async () => ({}),
      deleteItem: async () => ({}),
      describeTable: async () => ({}),
      destroy: () => {},
    };
    const catalog = Reflect.apply(dynamodbCatalog, undefined, [client]);
    expect(await rotate(catalog)).toMatchObject({ old: 'unknown', unreadable: 1 });
  });
});
