// A store that is named in a wrong way: the error says which store was looked at, and what to write instead.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Session } from '@shopify/shopify-api';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import Database from 'libsql';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, sessionNumber, storeOnOldKey, temporaryFolder } from './scene.js';

const program = await packedProgram();

const postgresServer = sharedServer('postgres');

async function status(store: string, more: readonly string[] = [], env = {}) {
  return program.run(['status', '--store', store, ...more], { env: { ...bothKeys, ...env } });
}

async function postgres(): Promise<string> {
  const url = await createPostgresDatabase(String(postgresServer));
  onTestFinished(() => dropPostgresDatabase(url));
  return url;
}

/** A database with the table of the official storage under a name of the app's own. */
async function renamedTable(table: string): Promise<string> {
  const url = await postgres();
  const storage = new PostgreSQLSessionStorage(new URL(url), { sessionTableName: table });
  await storage.storeSession(new Session({ ...sessionNumber(1), state: '' }));
  await storage.disconnect();
  return url;
}

/** The port of a server that takes connections and never answers. */
async function silentPort(): Promise<number> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an environment variable', () => {
  it('that is not set is named, with what to do', async () => {
    const { code, stderr } = await status('env:SESSION_STORE_URL');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '--store: the environment variable SESSION_STORE_URL is not set. Export it, or name the file that sets it with --env-file.',
    );
  });

  it('without env: before its name', async () => {
    const { code, stderr } = await status('SESSION_STORE_URL');
    expect(code).toBe(2);
    expect(stderr).toContain('write --store env:SESSION_STORE_URL');
  });

  it.each(['$SESSION_STORE_URL', 'env:$SESSION_STORE_URL'])(
    'that the shell was kept from putting in: %s',
    async (store) => {
      const { code, stderr } = await status(store);
      expect(code).toBe(2);
      expect(stderr).toContain('Write env: and the name, without the $.');
    },
  );

  it.each(['"', "'"])('whose value has %s around it', async (mark) => {
    const url = `${mark}postgres://app:hunter2@127.0.0.1:1/app${mark}`;
    const { code, stderr } = await status('env:URL', [], { URL: url });
    expect(code).toBe(2);
    expect(stderr).toContain('starts with a quotation mark: remove the quotes around it.');
    expect(stderr).not.toContain('hunter2');
  });
});

it('memory: is not offered, which no command can look into', async () => {
  const { stderr } = await status('http://localhost');
  expect(stderr).toContain('starts with redis:, rediss:, postgres:, mysql: or sqlite:.');
});

it.each([
  ['mongodb://localhost/app', 'mongodbCatalog'],
  ['mongodb+srv://localhost/app', 'mongodbCatalog'],
  ['libsql://app.turso.io', 'prismaCatalog'],
  ['sqlserver://localhost', 'prismaCatalog'],
  ['redis+sentinel://localhost:26379', 'redisCatalog'],
])('a store that no URL names needs a catalog: %s', async (url, catalog) => {
  const { code, stderr } = await status(url);
  expect(code).toBe(2);
  expect(stderr).toContain(`give --catalog: a module with ${catalog}`);
  expect(stderr).not.toContain('wrap');
  const copied = await program.run(['copy', '--from', url, '--to', 'redis://127.0.0.1:1']);
  expect(copied.stderr).toContain(`give --from-catalog: a module with ${catalog}`);
});

it('a file of Prisma is looked for from the folder of its schema', async () => {
  const { code, stderr } = await status('file:dev.sqlite');
  expect(code).toBe(2);
  expect(stderr).toContain('file:dev.sqlite in prisma/schema.prisma is sqlite:prisma/dev.sqlite.');
});

describe('a database without sessions', () => {
  it.skipIf(postgresServer === undefined)('is named, without its password', async () => {
    const url = new URL(await postgres());
    const { code, stderr } = await status(url.href);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `--store has no sessions as far as can be seen in ${url.protocol}//${url.host}${url.pathname}: `,
    );
  });

  it.skipIf(postgresServer === undefined)('that the URL does not name', async () => {
    // PostgreSQL then takes the database that is called as the user is: one of this test's own.
    const url = new URL(await postgres());
    const name = url.pathname.slice(1);
    const client = new pg.Client(url.href);
    await client.connect();
    await client.query(`CREATE ROLE "${name}" LOGIN PASSWORD '${name}'`);
    onTestFinished(async () => {
      await client.query(`DROP ROLE "${name}"`);
      await client.end();
    });
    const { code, stderr } = await status(
      Object.assign(url, { username: name, password: name, pathname: '' }).href,
    );
    expect(code).toBe(2);
    expect(stderr).toContain(`in postgres://${url.host}/${name}: no table of ours`);
    expect(stderr).toContain('The URL names no database: write its name after the host.');
  });

  it('of MySQL that the URL does not name', async () => {
    for (const url of ['mysql://app:hunter2@127.0.0.1:1', 'mysql://app:hunter2@127.0.0.1:1/']) {
      const { code, stderr } = await status(url);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'The URL of a MySQL database names none: write its name after the host, as in mysql://localhost:3306/app.',
      );
      expect(stderr).not.toContain('hunter2');
    }
  });

  it.skipIf(!canStartRedis())('of Redis: the keys that were looked for', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const none = await status(redis.url);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain(
      'no key that starts with shopify_sessions_ (the official storage) or shopify-session:id: (records of openSessionStorage)',
    );
    expect(none.stderr).not.toContain('table of ours');
    const renamed = await status(redis.url, ['--table', 'my_sessions_']);
    expect(renamed.stderr).toContain('no key that starts with my_sessions__');
  });
});

describe('a table that is there, without a column by which sessions are known', () => {
  async function tables(...statements: string[]): Promise<string> {
    const path = join(await temporaryFolder(), 'app.db');
    const database = new Database(path);
    for (const statement of statements) database.exec(statement);
    database.close();
    return `sqlite:${path}`;
  }

  it.each([
    ['under the name of Prisma', 'Session', []],
    ['under the name that --table has', 'app_sessions', ['--table', 'app_sessions']],
  ])('%s, is named with the column', async (_, name, more) => {
    const url = await tables(
      `CREATE TABLE "${name}" (id TEXT, shop TEXT, is_online BOOLEAN, token TEXT)`,
    );
    const { code, stderr } = await status(url, more);
    expect(code).toBe(2);
    expect(stderr).toContain(`table ${name} has no column accessToken.`);
    expect(stderr).toContain('--catalog');
    expect(stderr).not.toContain(`no table ${name}`);
  });

  it('is not passed over for records of openSessionStorage, unless those are requested', async () => {
    const url = await tables(
      'CREATE TABLE "Session" (id TEXT, shop TEXT, "isOnline" BOOLEAN, token TEXT)',
    );
    const copy = ['copy', '--from', await storeOnOldKey(2), '--to', url];
    const passedOver = await program.run(copy);
    expect(passedOver.code).toBe(2);
    expect(passedOver.stderr).toContain('table Session has no column accessToken.');
    expect(passedOver.stderr).toContain('--to-catalog');
    expect(passedOver.stderr).toContain('--to-layout records');
    expect((await status(url, ['--allow-empty'])).code).toBe(2);
    const asked = await program.run([...copy, '--to-layout', 'records']);
    expect(asked.code, asked.stderr).toBe(0);
  });

  it.each([
    'CREATE TABLE orders (id TEXT, shop TEXT)',
    'CREATE TABLE session (sid TEXT, sess TEXT, expire TEXT)',
  ])('of something else, is not named: %s', async (statement) => {
    const { stderr } = await status(await tables(statement));
    expect(stderr).not.toContain('has no column');
    expect(stderr).toContain('of Prisma (Session)');
  });
});

describe('a table that the URL names', () => {
  it.skipIf(postgresServer === undefined)('is one of the official storage too', async () => {
    const url = await renamedTable('app_sessions');
    const { code, stdout, stderr } = await status(`${url}?table=app_sessions`, [
      '--mode',
      'migrate',
    ]);
    expect(stdout, stderr).toContain(', table app_sessions (');
    expect(code).toBe(1);
  });

  it.skipIf(postgresServer === undefined)('but is not there', async () => {
    const url = await renamedTable('app_sessions');
    const { code, stderr } = await status(`${url}?table=app_sesions`);
    expect(code).toBe(2);
    expect(stderr).toContain('no table app_sesions');
    expect(stderr).toContain('There is app_sessions');
  });

  it('is one of our records', async () => {
    const url = await storeOnOldKey(2);
    const named = await status(`${url}?table=shopify_session_records`);
    expect(named.code, named.stderr).toBe(0);
    expect(named.stdout).toContain(', records in table shopify_session_records (');
  });

  it.skipIf(!canStartRedis())('or a prefix in Redis, of either kind', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const storage = new RedisSessionStorage(redis.url, { sessionKeyPrefix: 'my_sessions' });
    await storage.storeSession(new Session({ ...sessionNumber(1), state: '' }));
    await storage.disconnect();
    const official = await status(`${redis.url}?prefix=my_sessions`);
    expect(official.stdout, official.stderr).toContain(', keys my_sessions_* (');
    const typo = await status(`${redis.url}?prefix=my_session`);
    expect(typo.code).toBe(2);
    const records = `${redis.url}?prefix=my-app`;
    const copied = await program.run(['copy', '--from', await storeOnOldKey(2), '--to', records]);
    expect(copied.code, copied.stderr).toBe(0);
    const found = await status(records);
    expect(found.stdout, found.stderr).toContain(', records my-app:id:* (');
    expect(found.stdout).toMatch(/^Sessions +2$/m);
  });
});

it.skipIf(postgresServer === undefined)('--table takes a schema as errors write it', async () => {
  const url = await renamedTable('app_sessions');
  const client = new pg.Client(url);
  await client.connect();
  const visible = await status(url, ['--table', 'public.app_sessions']);
  expect(visible.stdout, visible.stderr).toContain(', table app_sessions (');
  await client.query('CREATE SCHEMA auth');
  await client.query('ALTER TABLE app_sessions SET SCHEMA auth');
  await client.end();
  const none = await status(url);
  expect(none.stderr).toContain('There is auth.app_sessions: say so with --table.');
  const { stdout, stderr } = await status(url, ['--table', 'auth.app_sessions']);
  expect(stdout, stderr).toContain(', table auth.app_sessions (');
});

it.skipIf(postgresServer === undefined)(
  '--table takes a schema and a table that are each as long as they can be',
  async () => {
    const [schema, table] = ['s'.repeat(63), 't'.repeat(63)];
    const url = await renamedTable(table);
    const client = new pg.Client(url);
    await client.connect();
    await client.query(`CREATE SCHEMA ${schema}`);
    await client.query(`ALTER TABLE ${table} SET SCHEMA ${schema}`);
    await client.end();

    const { stdout, stderr } = await status(url, ['--table', `${schema}.${table}`]);
    expect(stdout, stderr).toContain(`, table ${schema}.${table} (`);
    const tooLong = await status(url, ['--table', `${schema}.${table}tt`]);
    expect(tooLong.code).toBe(2);
    expect(tooLong.stderr).toContain('--table must be the name of a table.');
  },
);

describe('?deadline= in the URL', () => {
  it.skipIf(postgresServer === undefined)('counts over an official table too', async () => {
    const url = await renamedTable('shopify_sessions');
    for (const [value, words] of [
      ['soon', 'a whole number of milliseconds'],
      ['0', 'a whole number from 1 to'],
    ]) {
      const { code, stderr } = await status(`${url}?deadline=${value}`);
      expect(code).toBe(2);
      expect(stderr).toContain(`?deadline= in the URL must be ${words}`);
    }
  });

  it.each([
    ['redis', 'Redis'],
    ['postgres', 'PostgreSQL'],
    ['mysql', 'MySQL'],
  ])('and for the first connection: %s', async (scheme, server) => {
    const path = scheme === 'redis' ? '' : 'app';
    const { code, stderr } = await status(
      `${scheme}://127.0.0.1:${await silentPort()}/${path}?deadline=150`,
    );
    expect(code, stderr).toBe(3);
    expect(stderr).toContain('did not answer within 150 ms');
    expect(stderr).toContain(`See whether host and port are those of ${server}`);
  });
});

describe('a connection that fails in a way of which the driver does not say the reason', () => {
  it('to a server that speaks no TLS', async () => {
    const { code, stderr } = await status(`rediss://127.0.0.1:${await silentPort()}?deadline=150`);
    expect(code).toBe(3);
    expect(stderr).toContain('If the server speaks no TLS, write redis: in place of rediss:.');
  });
});

it('a Redis whose database is not a number', async () => {
  const { code, stderr } = await status('redis://:hunter2@127.0.0.1:1/sessions');
  expect(code).toBe(2);
  expect(stderr).toContain('names a database by its number');
});
