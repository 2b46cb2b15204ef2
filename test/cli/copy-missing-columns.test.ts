// copy into a table that lacks columns for what some sessions hold: those are refused, as the dry run says,
// and the others are copied.
import { join } from 'node:path';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Backend, Place } from '../conformance/backend.js';
import {
  drizzleSqliteFile,
  officialDrizzleMysql,
  officialDrizzlePostgres,
  officialDrizzleSqlite,
} from '../conformance/backends/official-drizzle.js';
import { officialMysql } from '../conformance/backends/official-mysql.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import { officialSqlite } from '../conformance/backends/official-sqlite.js';
import { offlineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { packedProgram } from './program.js';
import { sessionNumber, temporaryFolder, withStore } from './scene.js';

const program = await packedProgram();

const official =
  'Start the app once with the current release of its session storage, which adds them.';
const defined = "whichever defines the app's tables, and in the database, add them.";

interface Destination {
  readonly backend: Backend;
  readonly table: string;
  readonly remedy: string;
  url(place: Place): string;
  query(url: string, sql: string): Promise<unknown>;
}

const database = ({ database = '' }: Place) => database;
const file = ({ folder = '' }: Place) => `sqlite:${join(folder, 'sessions.db')}`;

async function inPostgres(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql);
  await client.end();
}
async function inMysql(uri: string, sql: string): Promise<void> {
  const connection = await mysql.createConnection(uri);
  await connection.query(sql.replaceAll('"', '`'));
  await connection.end();
}
async function inSqlite(url: string, sql: string): Promise<void> {
  const opened = new Database(url.replace('sqlite:', ''));
  opened.exec(sql);
  opened.close();
}

const [sessions, session] = ['shopify_sessions', 'session'];
const destinations: readonly Destination[] = [
  {
    backend: officialPostgres,
    table: sessions,
    remedy: official,
    url: database,
    query: inPostgres,
  },
  { backend: officialMysql, table: sessions, remedy: official, url: database, query: inMysql },
  { backend: officialSqlite, table: sessions, remedy: official, url: file, query: inSqlite },
  { backend: officialPrisma, table: 'Session', remedy: defined, url: file, query: inSqlite },
  {
    backend: officialDrizzlePostgres,
    table: session,
    remedy: defined,
    url: database,
    query: inPostgres,
  },
  { backend: officialDrizzleMysql, table: session, remedy: defined, url: database, query: inMysql },
  {
    backend: officialDrizzleSqlite,
    table: session,
    remedy: defined,
    url: (place) => `sqlite:${drizzleSqliteFile(place)}`,
    query: inSqlite,
  },
];

/** Sessions 1 to 30; every third one has refresh tokens, which its store has a place for. */
async function sourceOfThirty(): Promise<string> {
  const url = `sqlite:${join(await temporaryFolder(), 'from.db')}`;
  await withStore(url, async (store) => {
    for (let n = 1; n <= 30; n++) {
      const { refreshToken, ...plain } = { ...sessionNumber(n), scope: 'read_products' };
      const refreshTokenExpires = new Date('2030-01-01T00:00:00Z');
      const stored =
        n % 3 === 0
          ? { ...plain, refreshToken, refreshTokenExpires }
          : { ...plain, refreshToken: '' };
      await store.storeSession(stored);
    }
  });
  return url;
}

describe.each(destinations.map((one) => ({ ...one, name: one.backend.name })))(
  'copy to $name without columns for refresh tokens',
  ({ backend, table, remedy, url: urlOf, query }) => {
    const server = backend.server === undefined ? '' : sharedServer(backend.server);

    it.skipIf(server === undefined)(
      'refuses the sessions that have them, and goes on',
      async () => {
        const place = await backend.create(server ?? '');
        onTestFinished(() => backend.drop(place));
        // Its storage makes the table.
        const app = await backend.connect(place);
        await app.storage.storeSession(offlineSession('tea.myshopify.com'));
        await app.close();
        const url = urlOf(place);
        for (const column of ['refreshToken', 'refreshTokenExpires']) {
          await query(url, `ALTER TABLE "${table}" DROP COLUMN "${column}"`);
        }
        const from = await sourceOfThirty();
        const copy = async (...more: string[]) => {
          const ended = await program.run(['copy', '--from', from, '--to', 'env:TO', ...more], {
            env: { TO: url },
          });
          expect(ended.code, ended.stdout + ended.stderr).toBe(1);
          return ended.stdout;
        };

        const counts = { scanned: 30, copied: 20, refused: 10, unresolved: 0, aborted: false };
        const dry = JSON.parse(await copy('--dry-run', '--json', '--batch-size', '4'));
        expect(dry).toMatchObject(counts);
        const text = await copy('--dry-run');
        expect(text).toMatch(/^Would be copied +20$/m);
        expect(text).toContain(`table ${table} has no column refreshToken, refreshTokenExpires. `);
        expect(text).toContain(remedy);
        expect(text.match(/has no column/g)).toHaveLength(1);

        const real = JSON.parse(await copy('--json', '--batch-size', '4'));
        expect(real).toMatchObject({ ...counts, verification: { same: 20, missing: 10 } });
        expect(real.findings).toEqual(dry.findings);
        expect(await copy()).toContain('NOT all there: mend what is refused, then run it again.');
      },
    );
  },
);
