// A PostgreSQL database of a test's own.
import pg from 'pg';
import { uniqueName } from '../backend.js';

/** Creates a database on the server at `url`, and returns the URL of the new database. */
export async function createPostgresDatabase(url: string): Promise<string> {
  const name = uniqueName();
  await queryPostgres(url, `CREATE DATABASE ${name}`);
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

/**
 * Removes the database at `url`, even if somebody is still connected to it. Pools say that they have ended
 * before their connections have: those are given a moment, as a connection that the server ends is
 * an error that no one listens for.
 */
export async function dropPostgresDatabase(url: string): Promise<void> {
  const database = new URL(url);
  const name = database.pathname.slice(1);
  database.pathname = '/postgres';
  const connected = `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}'`;
  for (let attempt = 0; attempt < 50; attempt++) {
    if ((await queryPostgres(database.href, connected)).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await queryPostgres(database.href, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Every row of every table of the database at `url`. */
export async function postgresContents(url: string): Promise<string> {
  const tables = await queryPostgres(
    url,
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const contents: unknown[] = [];
  for (const { name } of tables) {
    contents.push(name, await queryPostgres(url, `SELECT * FROM ${String(name)}`));
  }
  return JSON.stringify(contents);
}

async function queryPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
