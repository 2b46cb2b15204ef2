// The statements of docs/columns.md widen the columns that the official storages and Prisma make.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend } from '../conformance/backend.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { offlineSession } from '../conformance/sessions.js';
import { type SharedServer, sharedServer } from '../servers/shared.js';
import { createAppFolder } from './app-folder.js';
import { codeBlock, repository } from './documents.js';
import { run } from './run-program.js';

const statementsOf = (name: string): string[] => codeBlock(name).code.split(/(?<=;)\n/);

async function runOnPostgres(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function runOnMysql(url: string, statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection(url);
  for (const statement of statements) {
    if (statement.trim() !== '') await connection.query(statement);
  }
  await connection.end();
}

const databases: [SharedServer, Backend, string, typeof runOnPostgres][] = [
  ['postgres', officialPostgres, 'widen-postgresql', runOnPostgres],
  ['mysql', officialMysql, 'widen-mysql', runOnMysql],
];

describe.each(databases)('a table on %s', (name, backend, block, execute) => {
  const server = sharedServer(name);
  test.skipIf(server === undefined)('has room for long tokens once it is widened', async () => {
    const place = await backend.create(server ?? '');
    onTestFinished(() => backend.drop(place));
    const { storage, close } = await backend.connect(place);
    const wrapped = new EncryptedSessionStorage(storage, { keyring: Keyring.generate() });
    const session = offlineSession('flowers.myshopify.com');
    session.accessToken = session.refreshToken = 't'.repeat(600);
    await expect(wrapped.storeSession(session)).rejects.toThrow();
    await execute(place.database ?? '', statementsOf(block));
    expect(await wrapped.storeSession(session)).toBe(true);
    const { accessToken, refreshToken } = session;
    expect(await wrapped.loadSession(session.id)).toMatchObject({ accessToken, refreshToken });
    await close();
  });
});

test('Prisma accepts the lines for schema.prisma', async () => {
  const folder = await createAppFolder('widening');
  const official = new URL('test/conformance/backends/official-prisma.prisma', repository);
  let schema = (await readFile(official, 'utf8')).replace('"sqlite"', '"mysql"');
  for (const line of codeBlock('widen-prisma').code.split('\n')) {
    const [field = ''] = line.split(' ');
    if (/^\w/.test(field)) schema = schema.replace(new RegExp(`^ *${field} .*$`, 'm'), line);
  }
  expect(schema.match(/@db\.VarChar\(1024\)/g)).toHaveLength(2);
  await writeFile(join(folder, 'schema.prisma'), schema);
  const require = createRequire(new URL('test/package.json', repository));
  const program = join(require.resolve('prisma/package.json'), '../build/index.js');
  const ended = await run(process.execPath, [program, 'validate', '--schema', 'schema.prisma'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      CHECKPOINT_DISABLE: '1',
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    },
  });
  expect(ended.code, `${ended.stdout}${ended.stderr}`).toBe(0);
});
