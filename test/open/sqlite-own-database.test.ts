// An app's own SQLite database: whatever its options make of rows, and whatever transaction is open on it.
import { createRequire } from 'node:module';
import { Session } from '@shopify/shopify-api';
import Libsql from 'libsql';
import { beforeEach, describe, expect, test } from 'vitest';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  reencryptSessions,
  type SessionCatalog,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';

type Open = () => Libsql.Database;

/** `node:sqlite` with options of its own; undefined where Node.js has none. */
function nodeSqlite(options: object): Open | undefined {
  try {
    const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as {
      DatabaseSync: new (file: string, options: object) => Libsql.Database;
    };
    return () => new DatabaseSync(':memory:', options);
  } catch {
    return undefined;
  }
}

const openLibsql: Open = () => new Libsql(':memory:');

const shop = 'a.myshopify.com';
const sessionOf = (accessToken: string) =>
  new Session({
    id: `${shop}_7`,
    shop,
    state: 's',
    isOnline: true,
    accessToken,
    expires: new Date('2030-01-01T00:00:00.000Z'),
    onlineAccessInfo: {
      expires_in: 1,
      associated_user_scope: '',
      associated_user: { id: 7_000_000_000 },
    } as never,
  });

const createTable = `CREATE TABLE shopify_sessions (id varchar(255) NOT NULL PRIMARY KEY, shop varchar(255) NOT NULL,
  state varchar(255) NOT NULL, isOnline integer NOT NULL, expires integer, scope varchar(255),
  accessToken varchar(255), onlineAccessInfo varchar(255))`;

async function everySession(catalog: SessionCatalog<StoredSession>): Promise<StoredSession[]> {
  const found: StoredSession[] = [];
  for await (const session of catalog.sessions()) found.push(session);
  return found;
}

describe.each<[string, Open | undefined]>([
  ['node:sqlite with returnArrays', nodeSqlite({ returnArrays: true })],
  ['node:sqlite with readBigInts', nodeSqlite({ readBigInts: true })],
  [
    'libsql with safe integers',
    () => {
      const database = openLibsql();
      database.defaultSafeIntegers(true);
      return database;
    },
  ],
])('rows of %s', (_name, open) => {
  test.skipIf(open === undefined)('are read by the storage', async () => {
    const storage = openSessionStorage((open ?? openLibsql)());
    await storage.storeSession(sessionOf('first'));
    await storage.storeSession(sessionOf('second'));
    expect(await storage.loadSession(sessionOf('').id)).toEqual(sessionOf('second'));
    expect(await storage.findSessionsByShop(shop)).toEqual([sessionOf('second')]);
    await storage.deleteSession(sessionOf('').id);
    expect(await storage.loadSession(sessionOf('').id)).toBeUndefined();
  });

  test.skipIf(open === undefined)('are read by the catalog', async () => {
    const plain = openLibsql();
    const database = (open ?? openLibsql)();
    const user = JSON.stringify(sessionOf('').onlineAccessInfo);
    for (const one of [plain, database]) {
      one.exec(createTable);
      one.exec(
        `INSERT INTO shopify_sessions VALUES ('i', '${shop}', 's', 1, 1893456000, 'x', 't', '${user}')`,
      );
    }
    const catalog = sqliteCatalog(database);
    const [found, ...others] = await everySession(catalog);
    expect([found, ...others]).toEqual(await everySession(sqliteCatalog(plain)));
    const next = { ...found, accessToken: 'next' } as StoredSession;
    expect(await catalog.replaceSession(found, next)).toBe(true);
    expect(await everySession(catalog)).toEqual([next]);
  });
});

const drivers: [string, Open | undefined][] = [
  ['libsql', openLibsql],
  ['node:sqlite', nodeSqlite({})],
];

describe.each(drivers.filter(([, open]) => open !== undefined))(
  'a transaction that the app has open on its database of %s',
  (_driver, open) => {
    let database: Libsql.Database;
    beforeEach(() => {
      database = (open ?? openLibsql)();
    });

    test('holds writes up until its end, and none is part of it', async () => {
      const storage = openSessionStorage(database);
      database.exec('CREATE TABLE other (id TEXT)');
      database.exec('BEGIN');
      // Makes the table.
      const stored = storage.storeSession(sessionOf('first'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      database.exec('ROLLBACK');
      expect(await stored).toBe(true);
      database.exec('BEGIN');
      const storedAgain = storage.storeSession(sessionOf('second'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      // The transaction is still the app's own.
      database.exec("INSERT INTO other VALUES ('lost')");
      database.exec('ROLLBACK');
      expect(await storedAgain).toBe(true);
      expect(await storage.loadSession(sessionOf('').id)).toEqual(sessionOf('second'));
      expect(database.prepare('SELECT * FROM other').all()).toEqual([]);
    });

    test('fails writes that it outlasts, which took no effect', async () => {
      const storage = openSessionStorage(database, { deadline: 200 });
      await storage.storeSession(sessionOf('first'));
      database.exec('BEGIN');
      await expect(storage.storeSession(sessionOf('second'))).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        mayHaveTakenEffect: false,
        message: expect.stringContaining('was not ready within 200 ms'),
      });
      await expect(storage.storeSession(sessionOf('second'))).rejects.toThrow(
        'The app has a transaction open on this database object',
      );
      expect(await storage.loadSession(sessionOf('').id)).toEqual(sessionOf('first'));
      database.exec('COMMIT');
      expect(await storage.storeSession(sessionOf('second'))).toBe(true);
    });

    test('takes no rotation back that has said that the old key is removable', async () => {
      const [old, current] = [generateKey({ kid: 'old' }).text, generateKey({ kid: 'new' }).text];
      const storage = openSessionStorage(database, { deadline: 200 });
      const app = new EncryptedSessionStorage(storage, { keyring: Keyring.parse(old) });
      await app.storeSession(sessionOf('first'));
      const keyring = Keyring.parse(`${current},${old}`);
      database.exec('BEGIN');
      await expect(reencryptSessions(storage, { keyring })).rejects.toThrow(/was not ready/);
      database.exec('ROLLBACK');
      expect((await reencryptSessions(storage, { keyring })).reencrypted).toBe(1);
    });
  },
);
