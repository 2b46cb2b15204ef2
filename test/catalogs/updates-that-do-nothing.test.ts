// A database that passes over the update of a row without an error: nobody else changed that session.
import Libsql from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  reencryptSessions,
  type SessionCatalog,
} from '../../src/index.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { sharedServer } from '../servers/shared.js';

const count = 20;
const [oldKey, newKey] = ['old', 'new'].map((kid) => generateKey({ kid }).text);
const keyring = Keyring.parse(`${newKey},${oldKey}`);
const idOf = (n: number) => `offline_shop-${n}.myshopify.com`;

/** A table of sessions, and a catalog of it for an operator. */
interface Place {
  readonly catalog: SessionCatalog<StoredSession>;
  query(sql: string): Promise<unknown>;
}

const columns = `id varchar(191) PRIMARY KEY, shop varchar(191), state varchar(255), isOnline boolean,
  accessToken varchar(255), refreshToken varchar(255)`;

/** Stores sessions that are sealed with the old key. */
async function fill({ catalog, query }: Place): Promise<void> {
  await query(`CREATE TABLE shopify_sessions (${columns})`);
  const app = new EncryptedSessionStorage(
    {
      storeSession: (session: StoredSession) => catalog.replaceSession(undefined, { ...session }),
      loadSession: async (): Promise<StoredSession | undefined> => undefined,
      deleteSession: async () => true,
    },
    { keyring: Keyring.parse(String(oldKey)) },
  );
  for (let n = 0; n < count; n++) {
    const shop = `shop-${n}.myshopify.com`;
    const session = { id: idOf(n), shop, state: 's', isOnline: false, accessToken: `shpat_${n}` };
    await app.storeSession(session);
  }
}

async function openPostgres(): Promise<Place & { readonly url: string }> {
  const place = await officialPostgres.create(sharedServer('postgres') ?? '');
  onTestFinished(() => officialPostgres.drop(place));
  const pool = new pg.Pool({ connectionString: place.database, max: 4 });
  onTestFinished(() => pool.end());
  const url = place.database ?? '';
  return { catalog: postgresqlCatalog(pool), query: (sql) => pool.query(sql), url };
}

async function openMysql(): Promise<Place> {
  const place = await officialMysql.create(sharedServer('mysql') ?? '');
  onTestFinished(() => officialMysql.drop(place));
  const pool = mysql.createPool({ uri: place.database ?? '', connectionLimit: 4 });
  onTestFinished(() => pool.end());
  return { catalog: mysqlCatalog(pool), query: (sql) => pool.query(sql) };
}

async function openSqlite(): Promise<Place> {
  const database = new Libsql(':memory:');
  onTestFinished(() => void database.close());
  return { catalog: sqliteCatalog(database), query: async (sql) => database.exec(sql) };
}

const passedOver = {
  outcome: 'refused',
  code: 'ERR_SESSION_INVALID',
  message: expect.stringMatching(/does not say why.* a trigger, a rule or row level security/),
};

test.each([
  {
    ...{ name: 'PostgreSQL', isMissing: sharedServer('postgres') === undefined },
    open: openPostgres,
    trigger: `CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER pass_over BEFORE UPDATE ON shopify_sessions FOR EACH ROW
        WHEN (NEW.id = '${idOf(7)}') EXECUTE FUNCTION pass_over()`,
  },
  {
    ...{ name: 'SQLite', isMissing: false },
    open: openSqlite,
    trigger: `CREATE TRIGGER pass_over BEFORE UPDATE ON shopify_sessions WHEN NEW.id = '${idOf(7)}'
      BEGIN SELECT RAISE(IGNORE); END`,
  },
])('$name: a trigger that passes over a session', async ({ isMissing, open, trigger }) => {
  if (isMissing) return;
  const place = await open();
  await fill(place);
  await place.query(trigger);

  const report = await reencryptSessions(place.catalog, { keyring });

  expect(report).toMatchObject({ reencrypted: count - 1, refused: 1, unresolved: 0, conflicts: 0 });
  expect(report.findings).toMatchObject([{ ...passedOver, sessionId: idOf(7) }]);
  expect(report.keys).toMatchObject([{ state: 'primary' }, { state: 'needed', sessions: 1 }]);
});

test.skipIf(sharedServer('postgres') === undefined)(
  'PostgreSQL: row level security that lets a role read, and change nothing',
  async () => {
    const place = await openPostgres();
    await fill(place);
    const role = `reader_${new URL(place.url).pathname.slice(1)}`;
    await place.query(`CREATE ROLE ${role} LOGIN PASSWORD 'no secret'`);
    onTestFinished(async () => {
      await place.query(`DROP OWNED BY ${role}`);
      await place.query(`DROP ROLE ${role}`);
    });
    await place.query(`GRANT SELECT, UPDATE ON shopify_sessions TO ${role};
      ALTER TABLE shopify_sessions ENABLE ROW LEVEL SECURITY;
      CREATE POLICY reading ON shopify_sessions FOR SELECT TO ${role} USING (true)`);
    const url = new URL(place.url);
    url.username = role;
    url.password = 'no secret';
    const pool = new pg.Pool({ connectionString: String(url), max: 4 });

    const report = await reencryptSessions(postgresqlCatalog(pool), { keyring }).finally(() =>
      pool.end(),
    );

    expect(report).toMatchObject({ reencrypted: 0, refused: count, unresolved: 0, conflicts: 0 });
    expect(report.findings).toHaveLength(count);
    for (const finding of report.findings) expect(finding).toMatchObject(passedOver);
  },
);

test.skipIf(sharedServer('mysql') === undefined)(
  'MySQL: a trigger that refuses a session in words of its own, and in a state of its own',
  async () => {
    const place = await openMysql();
    await fill(place);
    await place.query(`CREATE TRIGGER refuse BEFORE UPDATE ON shopify_sessions FOR EACH ROW
      IF NEW.id = '${idOf(7)}' THEN SIGNAL SQLSTATE '77001' SET MESSAGE_TEXT = 'This shop is frozen';
      END IF`);

    const report = await reencryptSessions(place.catalog, { keyring });

    expect(report).toMatchObject({ reencrypted: count - 1, refused: 1, unresolved: 0 });
    expect(report.findings).toMatchObject([
      { sessionId: idOf(7), message: expect.stringContaining('This shop is frozen') },
    ]);
  },
);
