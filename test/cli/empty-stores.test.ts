// A store in which nothing is yet is a finding, since it may be the wrong one; with --allow-empty it is
// none, however the store is named and whatever it lacks. Nothing is made in it.
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, temporaryFolder } from './scene.js';

const program = await packedProgram();

const [postgresServer, mysqlServer] = [sharedServer('postgres'), sharedServer('mysql')];

/** Tables of sessions without a session, by the kind of storage. */
const officialTable = `CREATE TABLE shopify_sessions (id varchar(255) PRIMARY KEY, shop varchar(255), state varchar(255),
  isOnline boolean, scope varchar(255), expires integer, accessToken text, refreshToken text, refreshTokenExpires integer)`;

interface EmptyStore {
  readonly name: string;
  readonly runs: boolean;
  /** Whether there is a place for sessions, so that a command runs and finds none. */
  readonly hasPlace: boolean;
  make(): Promise<{ readonly store: string; contents(): Promise<unknown> }>;
}

function sqlite(statement?: string): EmptyStore['make'] {
  return async () => {
    const path = join(await temporaryFolder(), 'sessions.db');
    if (statement !== undefined) {
      const database = new Database(path);
      database.exec(statement);
      database.close();
    }
    return { store: `sqlite:${path}`, contents: () => readdir(dirname(path)) };
  };
}

function postgres(statement = ''): EmptyStore['make'] {
  return async () => {
    const url = await createPostgresDatabase(String(postgresServer));
    onTestFinished(() => dropPostgresDatabase(url));
    const query = async (sql: string) => {
      const client = new pg.Client(url);
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      return rows;
    };
    await query(statement);
    const tables = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    return { store: url, contents: () => query(tables) };
  };
}

const stores: readonly EmptyStore[] = [
  { name: 'a SQLite file that is not there', runs: true, hasPlace: false, make: sqlite() },
  { name: 'a SQLite file without tables', runs: true, hasPlace: false, make: sqlite('VACUUM') },
  { name: 'an official table in SQLite', runs: true, hasPlace: true, make: sqlite(officialTable) },
  {
    name: 'a new PostgreSQL database',
    runs: postgresServer !== undefined,
    hasPlace: false,
    make: postgres(),
  },
  {
    name: 'an official table in PostgreSQL',
    runs: postgresServer !== undefined,
    hasPlace: true,
    make: postgres(officialTable),
  },
  {
    name: 'a new MySQL database',
    runs: mysqlServer !== undefined,
    hasPlace: false,
    async make() {
      const server = await createConnection(String(mysqlServer));
      const name = `empty_${randomBytes(6).toString('hex')}`;
      await server.query(`CREATE DATABASE ${name}`);
      onTestFinished(async () => {
        await server.query(`DROP DATABASE ${name}`);
        await server.end();
      });
      const url = new URL(String(mysqlServer));
      url.pathname = `/${name}`;
      return {
        store: url.href,
        contents: async () => (await server.query(`SHOW TABLES FROM ${name}`))[0],
      };
    },
  },
  {
    name: 'a new Redis',
    runs: canStartRedis(),
    hasPlace: false,
    async make() {
      const redis = await startRedis();
      onTestFinished(() => redis.stop());
      return { store: redis.url, contents: async () => [] };
    },
  },
  {
    name: 'our own table that the URL names',
    runs: postgresServer !== undefined,
    hasPlace: false,
    async make() {
      const { store, contents } = await postgres()();
      return { store: `${store}?table=my_records`, contents };
    },
  },
  {
    name: 'a module of the app',
    runs: true,
    hasPlace: true,
    async make() {
      const folder = await temporaryFolder();
      const path = join(folder, 'catalog.mjs');
      const entry = JSON.stringify(join(program.folder, 'dist/open.mjs'));
      const url = JSON.stringify(`sqlite:${join(folder, 'sessions.db')}`);
      await writeFile(
        path,
        `import { openSessionStorage } from ${entry};\nexport default openSessionStorage(${url});`,
      );
      return { store: path, contents: () => readdir(folder) };
    },
  },
];

/** The command over a store; what it copies goes to a new one. */
async function call(command: string, store: string): Promise<string[]> {
  const option = store.endsWith('.mjs') ? 'catalog' : 'store';
  if (command !== 'copy') return [command, `--${option}`, store];
  const from = option === 'catalog' ? '--from-catalog' : '--from';
  return ['copy', from, store, '--to', `sqlite:${join(await temporaryFolder(), 'to.db')}`];
}

describe('a store without a session is a finding, unless --allow-empty', () => {
  for (const { name, runs, hasPlace, make } of stores) {
    it.skipIf(!runs)(name, async () => {
      const { store, contents } = await make();
      const before = await contents();
      const run = async (command: string, ...more: string[]) =>
        program.run([...(await call(command, store)), ...more], { env: bothKeys });

      for (const command of ['status', 'rotate', 'list', 'copy']) {
        const { code, stdout, stderr } = await run(command);
        expect(code, `${command}: ${stderr}`).toBe(hasPlace ? 1 : 2);
        expect(stdout + stderr).toMatch(
          /Make sure that this is the (?:store|database)|there is no such file/,
        );
      }
      for (const command of ['status', 'rotate', 'list', 'copy']) {
        const { code, stdout, stderr } = await run(command, '--allow-empty');
        expect(code, `${command}: ${stdout}${stderr}`).toBe(0);
      }
      await expect(contents()).resolves.toEqual(before);
    });
  }
});
