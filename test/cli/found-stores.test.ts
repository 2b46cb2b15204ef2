// --store finds the sessions by itself, whichever storage keeps them.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Session } from '@shopify/shopify-api';
import { MySQLSessionStorage } from '@shopify/shopify-app-session-storage-mysql';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import Database from 'libsql';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import {
  bothKeys,
  oldKey,
  sessionNumber,
  storeSessions,
  temporaryFolder,
  withStore,
} from './scene.js';

const program = await packedProgram();

const [postgresServer, mysqlServer] = [sharedServer('postgres'), sharedServer('mysql')];

const session = (n: number) =>
  new Session({ ...sessionNumber(n), state: 'state', scope: 'read_products' });

async function postgres(): Promise<string> {
  const url = await createPostgresDatabase(String(postgresServer));
  onTestFinished(() => dropPostgresDatabase(url));
  return url;
}

async function statements(url: string, ...sql: string[]): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const rows: unknown[] = [];
  for (const statement of sql) rows.push(...(await client.query(statement)).rows);
  await client.end();
  return rows;
}

/** Rotates, lists and deletes one of three sessions of a store that is only named by its URL. */
async function expectServed(url: string, more: readonly string[] = []): Promise<void> {
  const run = (...args: string[]) =>
    program.run([...args, '--store', 'env:DATABASE_URL', ...more], {
      env: { ...bothKeys, DATABASE_URL: url },
    });
  const status = await run('status');
  expect(status.stdout, status.stderr).toMatch(/^ {2}old .* 3 sessions/m);
  const rotated = await run('rotate');
  expect(rotated.code, rotated.stderr).toBe(0);
  expect((await run('status', '--expect-primary')).code).toBe(0);
  const { id, shop } = sessionNumber(2);
  expect((await run('list', '--shop', shop)).stdout).toContain(`${id}  ${shop}  new  sealed`);
  expect((await run('delete', '--shop', shop, '--yes')).code).toBe(0);
  expect((await run('list')).stderr).toContain('2 of 2 sessions.');
}

async function fill(storage: { storeSession(session: Session): Promise<boolean> }): Promise<void> {
  const inner = {
    storeSession: (session: Session) => storage.storeSession(session),
    loadSession: async (): Promise<Session | undefined> => undefined,
    deleteSession: async () => true,
  };
  const app = new EncryptedSessionStorage(inner, {
    keyring: Keyring.parse(oldKey),
    mode: 'strict',
  });
  for (const n of [1, 2, 3]) await app.storeSession(session(n));
}

describe.skipIf(postgresServer === undefined)('in PostgreSQL', () => {
  it('our own records', async () => {
    const url = await postgres();
    await storeSessions(url, 3, oldKey);
    await expectServed(url);
  });

  it('our own records, in a table to which the app has added a column', async () => {
    const url = await postgres();
    await storeSessions(url, 3, oldKey);
    await statements(url, 'ALTER TABLE shopify_session_records ADD stored timestamp DEFAULT now()');
    await expectServed(url);
  });

  it('the table of the official storage', async () => {
    const url = await postgres();
    const storage = new PostgreSQLSessionStorage(url);
    await fill(storage);
    await storage.disconnect();
    await statements(
      url,
      'ALTER TABLE shopify_sessions ALTER COLUMN "accessToken" TYPE text, ALTER COLUMN "refreshToken" TYPE text',
    );
    await expectServed(url);
  });

  it('the table of the official storage, before anything is sealed: what is too short is a finding', async () => {
    const url = await postgres();
    const storage = new PostgreSQLSessionStorage(url);
    const status = () =>
      program.run(['status', '--store', url, '--mode', 'rollback'], { env: bothKeys });
    await storage.storeSession(session(1));
    expect((await status()).code).toBe(0);
    // Stored, it fits; sealed, it would not, although the column has room for the tokens of most.
    await storage.storeSession(
      new Session({ ...session(2), refreshToken: 'shprt_'.padEnd(128, 'x') }),
    );
    await storage.disconnect();

    const { code, stdout } = await status();

    expect(code).toBe(1);
    expect(stdout).toMatch(
      /refreshToken holds 255 characters, and 1 session needs up to \d+\. ALTER TABLE/,
    );
    expect(stdout).toMatch(
      /To adopt encryption, widen what is too short, then set SESSION_ENCRYPTION_MODE=migrate/,
    );
    // Not a count of 0 beside a session that will not fit.
    expect(stdout).not.toContain('Do not fit');
    const rotated = await program.run(
      ['rotate', '--store', url, '--mode', 'rollback', '--yes-write-plaintext'],
      { env: bothKeys },
    );
    expect(rotated.code).toBe(0);
  });

  it('a table of the official storage that was renamed', async () => {
    const url = await postgres();
    const storage = new PostgreSQLSessionStorage(new URL(url), { sessionTableName: 'my_sessions' });
    await fill(storage);
    await storage.disconnect();
    await statements(
      url,
      'ALTER TABLE my_sessions ALTER COLUMN "accessToken" TYPE text, ALTER COLUMN "refreshToken" TYPE text',
    );
    const found = await program.run(['status', '--store', url], { env: bothKeys });
    expect(found.code).toBe(2);
    expect(found.stderr).toContain('There is my_sessions: say so with --table.');
    await expectServed(url, ['--table', 'my_sessions']);
  });

  it.each([
    ['Prisma', 'Session', 'timestamp(3)'],
    ['Drizzle', 'session', 'timestamptz'],
  ])('the table of %s', async (_, table, time) => {
    const url = await postgres();
    await statements(
      url,
      `CREATE TABLE "${table}" (id text PRIMARY KEY, shop text NOT NULL, state text NOT NULL, "isOnline" boolean NOT NULL DEFAULT false,
       scope text, expires ${time}, "accessToken" text NOT NULL, "userId" bigint, "firstName" text, "lastName" text, email text,
       "accountOwner" boolean NOT NULL DEFAULT false, locale text, collaborator boolean DEFAULT false, "emailVerified" boolean DEFAULT false,
       "refreshToken" text, "refreshTokenExpires" ${time})`,
    );
    const client = new pg.Client(url);
    await client.connect();
    await fill({
      async storeSession({ id, shop, state, accessToken, refreshToken }) {
        await client.query(
          `INSERT INTO "${table}" (id, shop, state, "accessToken", "refreshToken") VALUES ($1, $2, $3, $4, $5)`,
          [id, shop, state, accessToken, refreshToken],
        );
        return true;
      },
    });
    await client.end();
    await expectServed(url);
  });

  describe('in a schema of its own', () => {
    const table = (schema: string) => [
      `CREATE SCHEMA ${schema}`,
      `CREATE TABLE ${schema}."Session" (id text PRIMARY KEY, shop text NOT NULL, state text NOT NULL,
       is_online boolean NOT NULL DEFAULT false, scope text, expires timestamptz, access_token text NOT NULL,
       refresh_token text, refresh_token_expires timestamptz)`,
    ];
    const fillSchema = (url: string, schema: string) =>
      fill({
        async storeSession({ id, shop, state, accessToken = '', refreshToken = '' }) {
          await statements(
            url,
            `INSERT INTO ${schema}."Session" (id, shop, state, access_token, refresh_token)
             VALUES ('${id}', '${shop}', '${state}', '${accessToken}', '${refreshToken}')`,
          );
          return true;
        },
      });

    it('that alone holds sessions, or that the URL names as Prisma has it', async () => {
      const url = await postgres();
      await statements(url, ...table('app'));
      await fillSchema(url, 'app');
      const found = await program.run(['status', '--store', url], { env: bothKeys });
      expect(found.stdout, found.stderr).toContain(', table app.Session (compares');
      await expectServed(`${url}?schema=app&connection_limit=5`);
    });

    it('beside another is an error that names both, until the URL says which', async () => {
      const url = await postgres();
      await statements(url, ...table('blue'), ...table('green'));
      await fillSchema(url, 'green');
      const { code, stderr } = await program.run(['status', '--store', url], { env: bothKeys });
      expect(code).toBe(2);
      expect(stderr).toContain('blue.Session, green.Session. Say which with --table');
      expect(stderr).toContain('?schema= in the URL');
      await expectServed(`${url}?schema=green`);
    });

    it('takes copies, with dates as its columns have them', async () => {
      const url = await postgres();
      await statements(url, ...table('app'));
      const from = `sqlite:${join(await temporaryFolder(), 'from.db')}`;
      const expires = new Date('2026-12-01T08:30:00.000Z');
      await withStore(from, (store) => store.storeSession({ ...sessionNumber(1), expires }));
      const copied = await program.run(['copy', '--from', from, '--to', `${url}?schema=app`]);
      expect(copied.code, copied.stderr).toBe(0);
      expect(await statements(url, 'SELECT expires, refresh_token FROM app."Session"')).toEqual([
        { expires, refresh_token: sessionNumber(1).refreshToken },
      ]);
    });
  });

  it.each(['status', 'rotate'])(
    '%s refuses a table in which two columns may hold the token',
    async (command) => {
      const url = await postgres();
      await statements(
        url,
        'CREATE TABLE session (id text, shop text, "isOnline" boolean, access_token text, "accessToken" text)',
      );
      const { code, stdout, stderr } = await program.run([command, '--store', url], {
        env: bothKeys,
      });
      expect(stderr).toContain(
        'Table "session" has two columns for accessToken: access_token and accessToken. Remove or rename the one that the app does not use.',
      );
      expect(stdout).not.toContain('No session needs');
      expect(code).toBe(2);
    },
  );

  it('several are an error that lists them, and one of them is chosen', async () => {
    const url = await postgres();
    const storage = new PostgreSQLSessionStorage(url);
    await storage.ready;
    await storage.disconnect();
    await storeSessions(url, 3, oldKey);
    const { code, stderr } = await program.run(['status', '--store', url], { env: bothKeys });
    expect(code).toBe(2);
    expect(stderr).toMatch(/several places: .*shopify_sessions \(--layout official\)/);
    expect(stderr).toContain('shopify_session_records (--layout records)');
    await expectServed(url, ['--layout', 'records']);
  });

  it('none is an error, and nothing is made', async () => {
    const url = await postgres();
    const { code, stderr } = await program.run(['status', '--store', url], { env: bothKeys });
    expect(code).toBe(2);
    expect(stderr).toMatch(/has no sessions as far as can be seen/);
    expect(
      await statements(
        url,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      ),
    ).toEqual([]);
  });

  it('a database that cannot be reached is a failure of the store', async () => {
    const { code, stderr } = await program.run(
      ['status', '--store', 'postgres://app:hunter2@127.0.0.1:1/db'],
      { env: bothKeys },
    );
    expect(code).toBe(3);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).not.toContain('hunter2');
  });
});

describe.skipIf(mysqlServer === undefined)('in MySQL', () => {
  it('the table of the official storage', async () => {
    const server = await createConnection(String(mysqlServer));
    const name = `found_${randomBytes(6).toString('hex')}`;
    await server.query(`CREATE DATABASE ${name}`);
    onTestFinished(async () => {
      await server.query(`DROP DATABASE ${name}`);
      await server.end();
    });
    const url = new URL(String(mysqlServer));
    url.pathname = `/${name}`;
    const storage = new MySQLSessionStorage(url);
    await fill(storage);
    await storage.disconnect();
    await server.query(
      `ALTER TABLE ${name}.shopify_sessions MODIFY accessToken TEXT, MODIFY refreshToken TEXT`,
    );
    await expectServed(url.href);
  });
});

describe.skipIf(!canStartRedis())('in Redis', () => {
  it('our own records', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    await storeSessions(redis.url, 3, oldKey);
    await expectServed(redis.url);
  });

  it('the keys of the official storage', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const storage = new RedisSessionStorage(redis.url);
    await fill(storage);
    await storage.disconnect();
    await expectServed(redis.url);

    await storeSessions(redis.url, 3, oldKey);
    const { code, stderr } = await program.run(['status', '--store', redis.url], { env: bothKeys });
    expect(code).toBe(2);
    expect(stderr).toContain(
      'records (--layout records), keys shopify_sessions_* (--layout official). Say which',
    );
  });
});

describe('in SQLite', () => {
  it('the table of the official storage', async () => {
    const path = join(await temporaryFolder(), 'database.sqlite');
    const database = new Database(path);
    database.exec(
      `CREATE TABLE shopify_sessions (id varchar(255) NOT NULL PRIMARY KEY, shop varchar(255) NOT NULL, state varchar(255) NOT NULL,
       isOnline integer NOT NULL, scope varchar(1024), expires integer, onlineAccessInfo varchar(255), accessToken varchar(255),
       refreshToken varchar(255), refreshTokenExpires integer)`,
    );
    await fill({
      async storeSession({ id, shop, state, accessToken, refreshToken }) {
        database
          .prepare(
            'INSERT INTO shopify_sessions (id, shop, state, isOnline, accessToken, refreshToken) VALUES (?, ?, ?, 0, ?, ?)',
          )
          .run(id, shop, state, accessToken, refreshToken);
        return true;
      },
    });
    database.close();
    await expectServed(`sqlite:${path}`);
  });
});
