// MySQL takes no more in one statement than `max_allowed_packet`, and ends the connection of one that is longer.
import mysql from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  reencryptSessions,
  type SessionCatalog,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { canStartMysql, type OwnMysql, startMysql } from '../servers/mysql.js';

const count = 600;
const [oldKey, newKey] = ['old', 'new'].map((kid) => generateKey({ kid }).text);

let server: OwnMysql;
beforeAll(async () => {
  if (canStartMysql()) server = await startMysql(['--max-allowed-packet=1M']);
});
afterAll(() => server?.stop());

/** Stores sessions with much in them, sealed with the old key. */
async function fill(storeSession: (session: StoredSession) => Promise<boolean>): Promise<void> {
  const app = new EncryptedSessionStorage(
    {
      storeSession,
      loadSession: async (): Promise<StoredSession | undefined> => undefined,
      deleteSession: async () => true,
    },
    { keyring: Keyring.parse(String(oldKey)), userInfo: true },
  );
  const store = async (n: number) => {
    const user = { id: n, first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' };
    await app.storeSession({
      ...{ id: `offline_shop-${n}.myshopify.com`, shop: `shop-${n}.myshopify.com`, state: '' },
      isOnline: true,
      onlineAccessInfo: { associated_user: user },
      accessToken: 'shpua_'.padEnd(38, 'a'),
      refreshToken: 'shprt_'.padEnd(900, 'a'),
    });
  };
  for (let n = 0; n < count; n += 4) await Promise.all([n, n + 1, n + 2, n + 3].map(store));
}

/** Re-seals all in large batches. None may be too long: the server would end its connection. */
async function expectToFit(catalog: SessionCatalog<never>, pool: mysql.Pool): Promise<void> {
  const keyring = Keyring.parse(`${newKey},${oldKey}`);
  const before = await statusOf(pool);

  const report = await reencryptSessions(catalog, { keyring, batchSize: 500, userInfo: true });

  expect(report).toMatchObject({ scanned: count, reencrypted: count, conflicts: 0 });
  const after = await statusOf(pool);
  expect(after.aborted).toBe(before.aborted);
  expect(after.updates - before.updates).toBeLessThan(count / 10);
}

describe.skipIf(!canStartMysql())(
  'long sessions are re-sealed in statements that a server with the smallest usual limit takes',
  () => {
    let pool: mysql.Pool;
    beforeEach(async () => {
      await server.query('CREATE DATABASE app');
      pool = mysql.createPool({ uri: `${server.url}/app`, connectionLimit: 4 });
    });
    afterEach(async () => {
      await pool.end();
      await server.query('DROP DATABASE app');
    });

    test('in a table of sessions', async () => {
      await pool.query(`CREATE TABLE shopify_sessions (id varchar(191) PRIMARY KEY, shop varchar(191),
        state varchar(255), isOnline tinyint, userId bigint, firstName varchar(512), lastName varchar(512),
        email varchar(512), accessToken varchar(1024), refreshToken varchar(2048))`);
      const catalog = mysqlCatalog(pool);
      await fill((session) => catalog.replaceSession(undefined, { ...session }));
      await expectToFit(catalog as SessionCatalog<never>, pool);
    });

    test('as records of openSessionStorage', async () => {
      const storage = openSessionStorage(`${server.url}/app`);
      try {
        await fill((session) => storage.storeSession(session as never));
        await expectToFit(storage as unknown as SessionCatalog<never>, pool);
      } finally {
        await storage.disconnect();
      }
    });
  },
);

async function statusOf(pool: mysql.Pool) {
  const [rows] = await pool.query<mysql.RowDataPacket[]>('SHOW GLOBAL STATUS');
  const of = (name: string) =>
    Number(rows.find((row) => row.Variable_name === name)?.Value ?? Number.NaN);
  return {
    aborted: of('Aborted_clients'),
    updates: of('Com_update_multi') + of('Com_update'),
  };
}
