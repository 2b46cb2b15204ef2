// What only the database finds that it cannot hold: that session is refused, and the others are copied.
import { Session } from '@shopify/shopify-api';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import { copySessions } from '../../src/copying/index.js';
import type { SessionCatalog, SessionLike } from '../../src/index.js';
import { mysqlTables, postgresqlTables } from '../catalogs/sql-tables.js';
import { sharedServer } from '../servers/shared.js';

const shop = 'values.myshopify.com';

function sourceOf(...odd: object[]): SessionCatalog<SessionLike> {
  const online = { shop, state: '', isOnline: true, accessToken: 'shpua_1' };
  const plain: object[] = Array.from({ length: 20 }, () => ({}));
  plain.splice(7, 0, ...odd);
  const sessions = plain.map((own, n) => new Session({ ...online, id: `${shop}_${n}`, ...own }));
  return {
    async *sessions() {
      yield* sessions;
    },
    replaceSession: async () => false,
  };
}

const named = (first_name: string) => ({
  onlineAccessInfo: { expires_in: 1, associated_user_scope: '', associated_user: { first_name } },
});
const farAway = { expires: new Date('2200-01-01T00:00:00Z') };

async function expectRefused(
  destination: unknown,
  source: SessionCatalog<SessionLike>,
  code: string,
  ...messages: RegExp[]
): Promise<void> {
  const catalog = destination as SessionCatalog<SessionLike>;
  const findings = messages.map((message) => ({
    outcome: 'refused',
    sessionId: expect.stringMatching(new RegExp(shop, 'i')),
    code,
    message: expect.stringMatching(message),
  }));
  const counts = {
    refused: messages.length,
    unresolved: 0,
    aborted: false,
    // Sessions are copied several at once, so that either may be refused first.
    findings: expect.arrayContaining(findings),
  };
  const verification = { missing: messages.length, same: 20 };
  const copied = await copySessions(source, catalog);
  expect(copied).toMatchObject({ ...counts, copied: 20, verification });
  const again = await copySessions(source, catalog, { update: true });
  expect(again).toMatchObject({ ...counts, same: 20, verification });
}

test.skipIf(sharedServer('mysql') === undefined)(
  'MySQL: a name in other letters than those of the table, and a date that is out of range',
  async () => {
    const { catalog, query, drop } = await mysqlTables(sharedServer('mysql') ?? '');
    try {
      await query(
        `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255), state varchar(255),
           isOnline boolean, expires integer, accessToken varchar(255), firstName varchar(255)
         ) CHARACTER SET latin1`,
      );
      await expectRefused(
        catalog,
        sourceOf(named('Łukasz'), farAway),
        'ERR_SESSION_INVALID',
        /: shopify_sessions does not take it: .*firstName.* Change that column, constraint/,
        /: shopify_sessions does not take it: .*expires/,
      );
    } finally {
      await drop();
    }
  },
);

test.skipIf(sharedServer('mysql') === undefined)(
  'MySQL: an id that it takes for that of another session',
  async () => {
    const { catalog, query, drop } = await mysqlTables(sharedServer('mysql') ?? '');
    try {
      await query(
        `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255), state varchar(255),
           isOnline boolean, accessToken varchar(255)) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`,
      );
      // Session 0 comes before it.
      const source = sourceOf({ id: `${shop}_0`.toUpperCase() });
      await expectRefused(
        catalog,
        source,
        'ERR_SESSION_MISMATCH',
        /takes its id for that of another/,
      );
    } finally {
      await drop();
    }
  },
);

test.skipIf(sharedServer('postgres') === undefined)(
  'PostgreSQL: a date that is out of range, and a constraint of the app',
  async () => {
    const { catalog, query, drop } = await postgresqlTables(sharedServer('postgres') ?? '');
    try {
      await query(
        `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255), state varchar(255),
           "isOnline" boolean, expires integer, "accessToken" varchar(255),
           "firstName" varchar(255) CHECK ("firstName" <> 'nobody'))`,
      );
      await expectRefused(
        catalog,
        sourceOf(farAway, named('nobody'), named('a\u0000b'), { id: `${shop}\u0000` }),
        'ERR_SESSION_INVALID',
        /out of range/,
        /violates check constraint/,
        /invalid byte sequence/,
        /invalid byte sequence/,
      );
    } finally {
      await drop();
    }
  },
);

test('SQLite: a constraint of the app', async () => {
  const database = new Libsql(':memory:');
  database.exec(
    `CREATE TABLE shopify_sessions (id TEXT PRIMARY KEY, shop TEXT, state TEXT, isOnline INTEGER,
       expires INTEGER CHECK (expires < 4000000000), accessToken TEXT)`,
  );
  const catalog = sqliteCatalog(database);
  await expectRefused(catalog, sourceOf(farAway), 'ERR_SESSION_INVALID', /CHECK constraint failed/);
  await catalog.disconnect?.();
});

test.skipIf(sharedServer('postgres') === undefined)(
  'PostgreSQL: what is NOT NULL is emptied where a session has it no more',
  async () => {
    const { catalog, query, drop } = await postgresqlTables(sharedServer('postgres') ?? '');
    try {
      // As Prisma and Drizzle make it.
      await query(
        `CREATE TABLE shopify_sessions (id text PRIMARY KEY, shop text NOT NULL, state text NOT NULL,
           "isOnline" boolean NOT NULL, "accessToken" text NOT NULL)`,
      );
      const destination = catalog as unknown as SessionCatalog<SessionLike>;
      await copySessions(sourceOf(), destination);
      const emptied = sourceOf({ id: `${shop}_7`, accessToken: undefined, state: undefined });
      expect(await copySessions(emptied, destination, { update: true })).toMatchObject({
        updated: 1,
        refused: 0,
        verification: { missing: 0, different: 0 },
      });
    } finally {
      await drop();
    }
  },
);
