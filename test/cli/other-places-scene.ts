// Databases that hold sessions in several places, and commands that are run on them.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'libsql';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { bothKeys, sessionNumber, storeOnOldKey, temporaryFolder, withStore } from './scene.js';

export const program = await packedProgram();

export const run = (url: string, command: string, ...more: readonly string[]) =>
  program.run([...command.split(' '), '--store', 'env:DATABASE_URL', ...more], {
    env: { ...bothKeys, DATABASE_URL: url },
  });

/** The access token of a session, sealed with the old key. */
async function sealedToken(n: number): Promise<string> {
  const store = await storeOnOldKey(n);
  const session = await withStore(store, (one) => one.loadSession(sessionNumber(n).id));
  return String(session?.accessToken);
}

export const columns = (text: string) =>
  `id ${text} PRIMARY KEY, shop ${text} NOT NULL, state ${text}, "isOnline" boolean, scope ${text}, "accessToken" varchar(1024)`;

export async function row(table: string, n: number): Promise<string> {
  const { id, shop } = sessionNumber(n);
  return `INSERT INTO ${table} (id, shop, state, "isOnline", "accessToken") VALUES ('${id}', '${shop}', '', false, '${await sealedToken(n)}')`;
}

export async function sqlite(...tables: readonly string[]) {
  const path = join(await temporaryFolder(), 'sessions.db');
  const database = new Database(path);
  for (const [at, table] of tables.entries()) {
    database.exec(`CREATE TABLE "${table}" (${columns('text')})`);
    database.exec(await row(`"${table}"`, at + 1));
  }
  database.close();
  return `sqlite:${path}`;
}

export async function postgres(...statements: readonly string[]): Promise<string> {
  const url = await createPostgresDatabase(String(sharedServer('postgres')));
  onTestFinished(() => dropPostgresDatabase(url));
  const client = new pg.Client(url);
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
  return url;
}

/** A database of MySQL, and a connection that takes names in double quotes. */
export async function mysql() {
  const server = await createConnection(String(sharedServer('mysql')));
  const name = `places_${randomBytes(6).toString('hex')}`;
  await server.query(`CREATE DATABASE ${name}`);
  await server.query(`USE ${name}`);
  onTestFinished(async () => {
    await server.query(`DROP DATABASE ${name}`);
    await server.end();
  });
  await server.query("SET sql_mode = 'ANSI_QUOTES'");
  const url = new URL(String(sharedServer('mysql')));
  url.pathname = `/${name}`;
  return { url: url.href, server };
}

/** A role of PostgreSQL that may log in, and the URL of a database for it. */
export async function role(url: string, ...grants: readonly string[]): Promise<string> {
  const name = `reader_${randomBytes(4).toString('hex')}`;
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE ROLE ${name} LOGIN`);
  for (const grant of grants) await client.query(`GRANT ${grant} TO ${name}`);
  onTestFinished(async () => {
    await client.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
    await client.end();
  });
  const asRole = new URL(url);
  asRole.username = name;
  return asRole.href;
}
