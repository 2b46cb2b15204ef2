// A store that fails: the command says why, in the driver's words, and what to do, with the exit code for
// it. It advises to run it again only where that can help.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, oldKey, storeSessions, temporaryFolder } from './scene.js';

const program = await packedProgram();

const [postgresServer, mysqlServer] = [sharedServer('postgres'), sharedServer('mysql')];
const unknown = `unknown_${randomBytes(6).toString('hex')}`;
const secret = 'hunter2-hunter2';

function changed(server: string | undefined, parts: Partial<URL>): string {
  return Object.assign(new URL(String(server)), parts).href;
}

/** A module of the app's own whose catalog fails as its driver does, in the middle of a run. */
async function failingCatalog(statement: string): Promise<string> {
  const folder = await temporaryFolder();
  const path = join(folder, 'catalog.mjs');
  const libsql = JSON.stringify(import.meta.resolve('libsql'));
  await writeFile(
    path,
    `import Database from ${libsql};
    const database = new Database(':memory:');
    database.exec('CREATE TABLE sessions (id text)');
    export default {
      async *sessions() { ${statement} },
      replaceSession: async () => false,
    };`,
  );
  return path;
}

interface Failure {
  readonly name: string;
  readonly runs?: boolean;
  /** The options that name the store. */
  store(): Promise<string[]> | string[];
  readonly says: RegExp;
  readonly advises: string;
  readonly code?: number;
}

const missing = 'It lacks a table or a column';
const refused = 'It refuses the user or the password';
const unreachable = 'It cannot be reached: see whether host and port are right';
const noDatabase = 'There is no database of this name';

const failures: readonly Failure[] = [
  {
    name: 'SQLite: no such table, in a catalog of the app',
    store: async () => [
      '--catalog',
      await failingCatalog("yield* database.prepare('SELECT * FROM gone').all();"),
    ],
    says: /no such table: gone/,
    advises: missing,
  },
  {
    name: 'SQLite: no such column, in a catalog of the app',
    store: async () => [
      '--catalog',
      await failingCatalog("yield* database.prepare('SELECT shop FROM sessions').all();"),
    ],
    says: /no such column: shop/,
    advises: missing,
  },
  {
    name: 'SQLite: a database that cannot be written, in a catalog of the app',
    store: async () => [
      '--catalog',
      await failingCatalog(
        'database.exec("PRAGMA query_only = 1"); database.exec("INSERT INTO sessions VALUES (1)");',
      ),
    ],
    says: /attempt to write a readonly database/,
    advises: 'Its file is read-only',
  },
  {
    name: 'SQLite: a constraint, in a catalog of the app',
    store: async () => [
      '--catalog',
      await failingCatalog(
        'database.exec("CREATE TABLE checked (id text CHECK (id > 2)); INSERT INTO checked VALUES (1)");',
      ),
    ],
    says: /CHECK constraint failed/,
    advises: 'It does not take what is to be written',
  },
  {
    name: 'SQLite: a file of something else',
    async store() {
      const path = join(await temporaryFolder(), 'notes.db');
      await writeFile(path, 'a text that is longer than the header of a database '.repeat(50));
      return ['--store', `sqlite:${path}`];
    },
    says: /not a database/,
    advises: 'Its file is not a database of SQLite',
  },
  {
    name: 'SQLite: a folder',
    async store() {
      const path = join(await temporaryFolder(), 'folder');
      await mkdir(path);
      return ['--store', `sqlite:${path}`];
    },
    says: /unable to open/i,
    advises: 'Its file cannot be opened',
  },
  {
    name: 'PostgreSQL: no such database',
    runs: postgresServer !== undefined,
    store: () => ['--store', changed(postgresServer, { pathname: unknown })],
    says: /database "unknown_\w+" does not exist/,
    advises: noDatabase,
  },
  {
    name: 'PostgreSQL: no such user',
    runs: postgresServer !== undefined,
    store: () => ['--store', changed(postgresServer, { username: unknown })],
    says: /role "unknown_\w+" does not exist|authentication failed/,
    advises: refused,
  },
  {
    name: 'PostgreSQL: no such host',
    store: () => ['--store', `postgres://app:${secret}@no-such-host.invalid/app`],
    says: /ENOTFOUND|EAI_AGAIN/,
    advises: 'see whether',
  },
  {
    name: 'PostgreSQL: nothing listens there',
    store: () => ['--store', `postgres://app:${secret}@127.0.0.1:1/app`],
    says: /ECONNREFUSED/,
    advises: unreachable,
  },
  {
    name: 'PostgreSQL: TLS where the server has none',
    runs: postgresServer !== undefined,
    store: () => ['--store', changed(postgresServer, { search: 'sslmode=require' })],
    says: /SSL/,
    advises: 'It speaks no TLS there',
  },
  {
    name: 'MySQL: no such database',
    runs: mysqlServer !== undefined,
    store: () => ['--store', changed(mysqlServer, { pathname: unknown })],
    says: /Unknown database/,
    advises: noDatabase,
  },
  {
    name: 'MySQL: a wrong password',
    runs: mysqlServer !== undefined,
    store: () => ['--store', changed(mysqlServer, { password: secret, pathname: unknown })],
    says: /Access denied for user/,
    advises: refused,
  },
  {
    name: 'MySQL: nothing listens there',
    store: () => ['--store', `mysql://app:${secret}@127.0.0.1:1/app`],
    says: /ECONNREFUSED/,
    advises: unreachable,
  },
  {
    name: 'Redis: a wrong password',
    runs: canStartRedis(),
    async store() {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      return ['--store', changed(redis.url, { password: secret })];
    },
    says: /AUTH|WRONGPASS/,
    advises: refused,
  },
  {
    name: 'Redis: no such database',
    runs: canStartRedis(),
    async store() {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      return ['--store', changed(redis.url, { pathname: '99' })];
    },
    says: /DB index is out of range/,
    advises: noDatabase,
  },
];

describe('a store that fails', () => {
  for (const { name, runs = true, store, says, advises, code = 3 } of failures) {
    it.skipIf(!runs)(name, async () => {
      const options = await store();
      // In a run that had begun, and before one.
      for (const command of options.includes('--catalog') ? ['status', 'list'] : ['status']) {
        const ended = await program.run([command, ...options], { env: bothKeys });

        expect(ended.stderr).toMatch(says);
        expect(ended.stderr).toContain(advises);
        expect(ended.stderr.split(advises)).toHaveLength(2);
        if (advises !== unreachable) expect(ended.stderr).not.toContain('un it again');
        expect(ended.code).toBe(code);
        expect(ended.stdout + ended.stderr).not.toMatch(/hunter2|\n\s+at /);
      }
    });
  }
});

describe.skipIf(mysqlServer === undefined)('a user of MySQL who may only read', () => {
  it('is told so by rotate, and served by status', async () => {
    const server = await createConnection({ uri: String(mysqlServer), multipleStatements: true });
    const [database, user] = [`rights_${unknown}`, `u${unknown.slice(-10)}`];
    await server.query(
      `CREATE DATABASE ${database}; CREATE USER ${user}@'127.0.0.1' IDENTIFIED BY '${secret}'; GRANT SELECT ON ${database}.* TO ${user}@'127.0.0.1'`,
    );
    onTestFinished(async () => {
      await server.query(`DROP USER ${user}@'127.0.0.1'; DROP DATABASE ${database}`);
      await server.end();
    });
    const owner = changed(mysqlServer, { pathname: database });
    await storeSessions(owner, 2, oldKey);
    const reader = changed(owner, { username: user, password: secret });

    const seen = await program.run(['status', '--store', reader], { env: bothKeys });
    expect(seen.code, seen.stderr).toBe(0);
    const ended = await program.run(['rotate', '--store', reader], { env: bothKeys });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Its user lacks the rights for this');
    expect(ended.stderr).not.toContain('un it again');
  });
});

describe.skipIf(postgresServer === undefined)('a schema of PostgreSQL that is not there', () => {
  it('holds no table yet, and is not made by looking', async () => {
    const url = changed(postgresServer, { search: `schema=${unknown}` });
    const found = await program.run(['status', '--store', url], { env: bothKeys });
    expect(found.code).toBe(2);
    expect(found.stderr).toContain(`, in schema ${unknown}: no table of ours`);
    expect(found.stderr).toContain('Make sure that this is the database, and the schema');
    const allowed = await program.run(['status', '--store', url, '--allow-empty'], {
      env: bothKeys,
    });
    expect(allowed.code, allowed.stdout + allowed.stderr).toBe(0);
    const client = new pg.Client(String(postgresServer));
    await client.connect();
    const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [unknown]);
    await client.end();
    expect(rows).toEqual([]);
  });
});
