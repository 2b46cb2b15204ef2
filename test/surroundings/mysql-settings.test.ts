// MySQL and MariaDB as an operator sets them up: what is stored is found, and by the name that the app uses.
import mysql from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';
import { everySession } from '../catalogs/sql-tables.js';
import { type Program, packedProgram } from '../cli/program.js';
import { bothKeys, sessionNumber, TestSession } from '../cli/scene.js';
import { places, queryMysql } from '../open/places.js';
import { canStartMysql, type OwnMysql, startMysql } from '../servers/mysql.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe.skipIf(places.MySQL === undefined)('records, with the sql_mode', () => {
  test.each([
    'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,STRICT_ALL_TABLES',
    'ORACLE,EMPTY_STRING_IS_NULL,STRICT_TRANS_TABLES',
    '',
  ])('%j', async (mode) => {
    const place = await places.MySQL?.();
    const pool = mysql.createPool(place?.url ?? '');
    cleanUp.push(
      () => place?.drop(),
      () => pool.end(),
    );
    // MySQL does not know those of MariaDB.
    const known = await pool.query('SET SESSION sql_mode = ?', [mode]).catch(() => undefined);
    if (known === undefined) return;
    pool.pool.on('connection', (connection) => connection.query('SET sql_mode = ?', [mode]));
    const storage = openSessionStorage<TestSession>(pool, { Session: TestSession });
    cleanUp.push(() => storage.disconnect());
    const ids = ['offline_a', 'OFFLINE_A', 'offline_a ', 'offline_\\', `offline_'"\``];
    for (const id of ids) await storage.storeSession({ ...sessionNumber(1), id, refreshToken: '' });
    for (const id of ids) {
      expect(await storage.loadSession(id)).toMatchObject({ id, refreshToken: '' });
    }
    expect((await everySession(storage as never)).map(({ id }) => id).sort()).toEqual(ids.sort());
  });
});

describe.skipIf(!canStartMysql())('a server that keeps names of tables in lower case', () => {
  let server: OwnMysql;
  let program: Program;
  beforeAll(async () => {
    [server, program] = await Promise.all([
      startMysql(['--lower-case-table-names=1']),
      packedProgram(),
    ]);
    const url = `${server.url}/app`;
    await queryMysql(server.url, 'CREATE DATABASE app');
    const texts = ['shop', 'state', 'accessToken', 'refreshToken'];
    const columns = texts.map((name) => `${name} varchar(1024) NOT NULL DEFAULT ''`).join(', ');
    await queryMysql(
      url,
      `CREATE TABLE Session (id varchar(191) PRIMARY KEY, isOnline boolean, expires datetime(3), ${columns})`,
    );
    await queryMysql(
      url,
      "INSERT INTO Session (id, shop, accessToken) VALUES ('a', 'a', 'shpat_a')",
    );
  });
  afterAll(() => server?.stop());

  test.each([
    [[]],
    [['--layout', 'prisma']],
    [['--table', 'Session']],
    [['--table', 'Session', '--layout', 'prisma']],
  ])("has Prisma's table, with the options %j", async (options) => {
    const parameters = ['--store', `${server.url}/app`, '--mode', 'migrate', ...options];
    const { stdout, stderr } = await program.run(['status', ...parameters], { env: bothKeys });
    expect(stdout, stderr).toMatch(/^Now with plaintext +1$/m);
  });
});
