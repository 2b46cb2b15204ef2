// Sessions are copied in few statements, and what becomes of each is counted as if it had come alone.
import { Session } from '@shopify/shopify-api';
import Libsql from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import { copySessions } from '../../src/copying/index.js';
import { RunIncompleteError, type SessionCatalog, type SessionLike } from '../../src/index.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { sharedServer } from '../servers/shared.js';

/** A table of sessions in a database of its own. */
interface Destination {
  readonly catalog: SessionCatalog<SessionLike>;
  /** The statements that the catalog has sent. */
  readonly statements: string[];
  query(sql: string): Promise<unknown>;
  /** Loses the connection after the next INSERT, before it is answered. */
  loseNextAnswer?(): void;
}

interface Database {
  readonly name: string;
  readonly isMissing: boolean;
  open(): Promise<Destination>;
}

const columns = `id varchar(191) PRIMARY KEY, shop varchar(191), state varchar(255), isOnline boolean,
  expires integer, accessToken varchar(255) CHECK (accessToken <> 'bad'), refreshToken varchar(255)`;

/** `object` with another `method`, which is given the one of its own. */
function withMethod<T extends object>(
  object: T,
  method: string,
  replace: (original: (...values: unknown[]) => unknown) => (...values: never[]) => unknown,
): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return name === method ? replace(value.bind(target)) : value.bind(target);
    },
  });
}

/** Notes statements, and loses an answer when asked to. */
function noteBook() {
  const statements: string[] = [];
  let isToBeLost = false;
  return {
    statements,
    loseNextAnswer() {
      isToBeLost = true;
    },
    async run(sql: string, send: () => unknown): Promise<unknown> {
      statements.push(sql);
      const answer = await send();
      if (!isToBeLost || !sql.startsWith('INSERT')) return answer;
      isToBeLost = false;
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    },
  };
}

async function openPostgres(): Promise<Destination> {
  const place = await officialPostgres.create(sharedServer('postgres') ?? '');
  onTestFinished(() => officialPostgres.drop(place));
  const pool = new pg.Pool({ connectionString: place.database, max: 4 });
  onTestFinished(() => pool.end());
  const { run, ...book } = noteBook();
  const noting = withMethod(pool, 'connect', (connect) => async () => {
    const client = (await connect()) as pg.PoolClient;
    return withMethod(
      client,
      'query',
      (query) => (sql: string, values: unknown[]) => run(sql, () => query(sql, values)),
    );
  });
  return { catalog: postgresqlCatalog(noting), ...book, query: (sql) => pool.query(sql) };
}

async function openMysql(): Promise<Destination> {
  const place = await officialMysql.create(sharedServer('mysql') ?? '');
  onTestFinished(() => officialMysql.drop(place));
  const pool = mysql.createPool({ uri: place.database ?? '', connectionLimit: 4 });
  onTestFinished(() => pool.end());
  const { run, ...book } = noteBook();
  const noting = withMethod(pool, 'getConnection', (getConnection) => async () => {
    const connection = (await getConnection()) as mysql.PoolConnection;
    return withMethod(
      connection,
      'execute',
      (execute) => (options: { sql: string }) => run(options.sql, () => execute(options)),
    );
  });
  return { catalog: mysqlCatalog(noting), ...book, query: (sql) => pool.query(sql) };
}

async function openSqlite(): Promise<Destination> {
  const database = new Libsql(':memory:');
  onTestFinished(() => void database.close());
  const statements: string[] = [];
  const noting = withMethod(database, 'prepare', (prepare) => (sql: string) => {
    statements.push(sql);
    return prepare(sql);
  });
  return { catalog: sqliteCatalog(noting), statements, query: async (sql) => database.exec(sql) };
}

const databases: readonly Database[] = [
  { name: 'PostgreSQL', isMissing: sharedServer('postgres') === undefined, open: openPostgres },
  { name: 'MySQL', isMissing: sharedServer('mysql') === undefined, open: openMysql },
  { name: 'SQLite', isMissing: false, open: openSqlite },
];

const shop = (n: number) => `shop-${n}.myshopify.com`;

/** Of two kinds, which have values in different columns. */
function sessionNumber(n: number, own: object = {}): Session {
  const session = { id: `offline_${shop(n)}`, shop: shop(n), state: 's', isOnline: false };
  const renewed = n % 2 === 0 ? { expires: new Date(2e12), refreshToken: `refresh ${n}` } : {};
  return new Session({ ...session, accessToken: `token ${n}`, ...renewed, ...own });
}

function sourceOf(sessions: readonly Session[]): SessionCatalog<SessionLike> {
  return {
    async *sessions() {
      yield* sessions;
    },
    replaceSession: async () => false,
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const insertsIn = ({ statements }: Destination) =>
  statements.filter((sql) => sql.startsWith('INSERT'));

describe.each(databases)('copySessions to $name', ({ isMissing, open }) => {
  const testHere = test.skipIf(isMissing);

  async function openWith(table: string): Promise<Destination> {
    const destination = await open();
    const { query } = destination;
    await query(`CREATE TABLE shopify_sessions ${table}`);
    return destination;
  }

  testHere('stores many sessions in few statements', async () => {
    const destination = await openWith(`(${columns})`);
    const source = sourceOf(numbers(500).map((n) => sessionNumber(n)));

    expect(await copySessions(source, destination.catalog)).toMatchObject({
      copied: 500,
      verification: { source: 500, destination: 500, same: 500 },
    });
    expect(insertsIn(destination).length).toBeLessThan(40);

    // What is there is not tried again.
    destination.statements.length = 0;
    expect(await copySessions(source, destination.catalog)).toMatchObject({ same: 500, copied: 0 });
    expect(insertsIn(destination).length).toBeLessThan(40);
  });

  testHere('names those that it refuses, and counts those that are there already', async () => {
    const destination = await openWith(`(${columns})`);
    const before = [sessionNumber(3), sessionNumber(4, { accessToken: 'another' })];
    for (const session of before) await destination.catalog.replaceSession(undefined, session);
    const sessions = numbers(300).map((n) => sessionNumber(n));
    sessions[77] = sessionNumber(77, { accessToken: 'bad' });
    sessions[78] = sessionNumber(78, { expires: new Date(1e14) });
    // One that comes twice.
    sessions.push(sessionNumber(5), sessionNumber(6, { accessToken: 'another' }));
    const counts = { refused: destination.statements.length > 0 && isRoomy(destination) ? 1 : 2 };

    const report = await copySessions(sourceOf(sessions), destination.catalog);

    const { copied, same, different, refused, unresolved, findings } = report;
    expect({ copied, same, different, refused, unresolved }).toEqual({
      copied: 298 - counts.refused,
      same: 2,
      different: 2,
      refused: counts.refused,
      unresolved: 0,
    });
    expect(findings).toContainEqual({
      outcome: 'refused',
      sessionId: sessions[77]?.id,
      code: 'ERR_SESSION_INVALID',
      message: expect.stringContaining('shopify_sessions does not take it'),
    });
    expect(insertsIn(destination).length).toBeLessThan(100);
    expect(report.verification).toMatchObject({ missing: counts.refused, destination: copied + 2 });
  });

  testHere('with update, replaces what changes in the destination at the same time', async () => {
    const destination = await openWith(`(${columns})`);
    const { catalog } = destination;
    const another = sessionNumber(50, { accessToken: 'another' });
    // It is stored between the look at the batch and its insertion.
    const busy = { ...methodsOf(catalog), insertSessions: insertAfter };
    async function insertAfter(sessions: readonly SessionLike[]): Promise<boolean[]> {
      await catalog.replaceSession(undefined, another);
      return (await catalog.insertSessions?.(sessions)) ?? [];
    }

    const source = sourceOf(numbers(100).map((n) => sessionNumber(n)));
    expect(await copySessions(source, busy, { update: true })).toMatchObject({
      copied: 99,
      updated: 1,
      verification: { same: 100 },
    });
  });

  testHere('refuses at once a session that another value keeps out', async () => {
    const destination = await openWith(`(${columns}, UNIQUE (shop))`);
    const sessions = numbers(40).map((n) => sessionNumber(n));
    sessions[20] = sessionNumber(20, { shop: shop(2) });

    for (const counts of [{ copied: 39 }, { copied: 0, same: 39 }]) {
      destination.statements.length = 0;
      const report = await copySessions(sourceOf(sessions), destination.catalog);
      expect(report).toMatchObject({ ...counts, refused: 1, unresolved: 0 });
      expect(report.findings).toEqual([
        {
          outcome: 'refused',
          sessionId: sessions[20]?.id,
          code: 'ERR_SESSION_INVALID',
          message: expect.stringMatching(/unique.*drop that constraint|duplicate.*drop that/i),
        },
      ]);
      expect(insertsIn(destination).length).toBeLessThan(30);
    }
  });

  testHere('calls nothing copied whose answer was lost, and goes on in another run', async () => {
    const destination = await openWith(`(${columns})`);
    if (destination.loseNextAnswer === undefined) return;
    const { catalog } = destination;
    const source = sourceOf(numbers(64).map((n) => sessionNumber(2 * n)));

    destination.loseNextAnswer();
    const error: unknown = await copySessions(source, catalog).catch((reason: unknown) => reason);

    if (!(error instanceof RunIncompleteError)) throw new Error('It did not stop.');
    expect(error.report).toMatchObject({ scanned: 64, copied: 0, same: 0, unresolved: 64 });
    expect(error.cause).toMatchObject({ mayHaveTakenEffect: true });
    expect(await copySessions(source, catalog)).toMatchObject({ copied: 0, same: 64 });
  });

  testHere('in a dry run, writes nothing', async () => {
    const destination = await openWith(`(${columns})`);
    const source = sourceOf(numbers(100).map((n) => sessionNumber(n)));

    const report = await copySessions(source, destination.catalog, { dryRun: true });

    expect(report).toMatchObject({ copied: 100 });
    expect(insertsIn(destination)).toEqual([]);
  });
});

/** SQLite takes numbers of any size. */
function isRoomy({ statements }: Destination): boolean {
  return statements.some((sql) => sql.includes('pragma_table_info'));
}

function methodsOf(catalog: SessionCatalog<SessionLike>) {
  return {
    sessions: () => catalog.sessions(),
    replaceSession: catalog.replaceSession.bind(catalog),
    loadSession: async (id: string) => catalog.loadSession?.(id),
  };
}

test.skipIf(sharedServer('mysql') === undefined)(
  'MySQL: in a table without transactions each session is counted, and no value is made to fit',
  async () => {
    const { catalog, query } = await openMysql();
    await query(`CREATE TABLE shopify_sessions (${columns}) ENGINE = MyISAM`);
    const sessions = numbers(40).map((n) => sessionNumber(n));
    sessions[20] = sessionNumber(20, { expires: new Date(1e14) });
    await catalog.replaceSession(undefined, sessions[30] as SessionLike);

    expect(await copySessions(sourceOf(sessions), catalog)).toMatchObject({
      copied: 38,
      same: 1,
      refused: 1,
      verification: { destination: 39, same: 39, different: 0 },
    });
  },
);

test('SQLite: a table that would have a new row replace others', async () => {
  const { catalog, query } = await openSqlite();
  await query(
    `CREATE TABLE shopify_sessions (id TEXT PRIMARY KEY ON CONFLICT REPLACE,
       shop TEXT UNIQUE ON CONFLICT REPLACE, state TEXT, isOnline INTEGER, accessToken TEXT)`,
  );
  const sessions = [1, 3, 5].map((n) => sessionNumber(n));
  const others = [sessionNumber(3, { accessToken: 'other' }), sessionNumber(7, { shop: shop(5) })];
  await copySessions(sourceOf(sessions), catalog);

  expect(await copySessions(sourceOf(others), catalog)).toMatchObject({ different: 1, refused: 1 });
  expect(await copySessions(sourceOf(sessions), catalog)).toMatchObject({ same: 3 });
});

/** Copies twenty sessions, of which a trigger keeps out one; answers what is said of that. */
async function copyPastTrigger({ open }: Pick<Database, 'open'>, trigger: string) {
  const { catalog, query } = await open();
  await query(`CREATE TABLE shopify_sessions (${columns})`);
  await query(trigger);
  const sessions = numbers(20).map((n) => sessionNumber(n));
  sessions[7] = sessionNumber(7, { state: 'unwanted' });

  const report = await copySessions(sourceOf(sessions), catalog);

  expect(report).toMatchObject({ copied: 19, refused: 1, unresolved: 0 });
  expect(report.findings[0]).toMatchObject({
    sessionId: sessions[7]?.id,
    code: 'ERR_SESSION_INVALID',
  });
  return report.findings[0];
}

test.each([
  {
    name: 'PostgreSQL',
    isMissing: sharedServer('postgres') === undefined,
    open: openPostgres,
    trigger: `CREATE FUNCTION pass_over() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER pass_over BEFORE INSERT ON shopify_sessions FOR EACH ROW
        WHEN (NEW.state = 'unwanted') EXECUTE FUNCTION pass_over()`,
  },
  {
    name: 'SQLite',
    isMissing: false,
    open: openSqlite,
    trigger: `CREATE TRIGGER pass_over BEFORE INSERT ON shopify_sessions WHEN NEW.state = 'unwanted'
      BEGIN SELECT RAISE(IGNORE); END`,
  },
])('$name: a trigger that passes over a session, without an error', async (database) => {
  if (database.isMissing) return;
  const finding = await copyPastTrigger(database, database.trigger);
  expect(finding).toHaveProperty(
    'message',
    expect.stringContaining(
      'See whether a trigger, a rule or row level security stands against it',
    ),
  );
});

test.each([
  {
    ...{ name: 'PostgreSQL', isMissing: sharedServer('postgres') === undefined },
    open: openPostgres,
    trigger: `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''This shop is blocked''; END';
      CREATE TRIGGER refuse BEFORE INSERT ON shopify_sessions FOR EACH ROW
        WHEN (NEW.state = 'unwanted') EXECUTE FUNCTION refuse()`,
  },
  {
    ...{ name: 'MySQL', isMissing: sharedServer('mysql') === undefined },
    open: openMysql,
    trigger: `CREATE TRIGGER refuse BEFORE INSERT ON shopify_sessions FOR EACH ROW
      IF NEW.state = 'unwanted' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'This shop is blocked';
      END IF`,
  },
  {
    ...{ name: 'SQLite', isMissing: false },
    open: openSqlite,
    trigger: `CREATE TRIGGER refuse BEFORE INSERT ON shopify_sessions WHEN NEW.state = 'unwanted'
      BEGIN SELECT RAISE(ABORT, 'This shop is blocked'); END`,
  },
])('$name: a trigger that refuses a session with an error of its own', async (database) => {
  if (database.isMissing) return;
  const finding = await copyPastTrigger(database, database.trigger);
  expect(finding).toHaveProperty('message', expect.stringContaining('This shop is blocked'));
});
