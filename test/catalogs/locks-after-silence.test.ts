// The network goes silent in the midst of a write, after each piece that it sends. The server may keep what it has
// of such a connection for hours: nothing is locked by it.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';
import type { Place } from '../conformance/backend.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { untilAnswers } from '../faults/until.js';
import { sharedServer } from '../servers/shared.js';
import { mysqlBackend } from './backends/official-mysql.js';
import { postgresqlBackend } from './backends/official-postgresql.js';
import type { CatalogBackend } from './catalog-backend.js';
import { type AppKind, apps } from './late-write-apps.js';
import { everySession } from './sql-tables.js';

const deadline = 150;
const shops = ['a', 'b', 'c'].map((name) => `${name}.myshopify.com`);

/** An app that is about to write. */
interface Writer {
  write(): Promise<unknown>;
  close(): Promise<unknown>;
}

interface Subject {
  readonly name: string;
  readonly backend: CatalogBackend;
  open(place: Place): Promise<Writer>;
}

const catalogWriter = (kind: AppKind, what: 'session' | 'batch'): Subject => ({
  name: `a ${what} by the catalog over ${kind.name}`,
  backend: kind.backend,
  async open(place) {
    const { catalog, close } = await kind.open(place, deadline);
    // A busy machine may take longer than the deadline.
    const stored = await untilAnswers(() => everySession(catalog));
    // Has the catalog look at the table, so that only the write is left.
    await untilAnswers(async () => catalog.misfits?.(stored));
    const changes = stored.map((current) => ({
      current,
      next: { ...current, accessToken: `${current.accessToken}+` },
    }));
    const [one] = changes;
    if (one === undefined) throw new Error('No session is there.');
    return {
      write: async () =>
        what === 'session'
          ? catalog.replaceSession(one.current, one.next)
          : catalog.replaceSessions?.(changes),
      close,
    };
  },
});

const storageWriter = (name: string, backend: CatalogBackend): Subject => ({
  name: `a session by openSessionStorage, ${name}`,
  backend,
  async open({ database = '' }) {
    const storage = openSessionStorage(database, { deadline });
    const store = (shop: string) => storage.storeSession(expiringOfflineSession(shop));
    await untilAnswers(() => store('a.myshopify.com'));
    return { write: () => store('b.myshopify.com'), close: () => storage.disconnect() };
  },
});

const servers = ['postgres', 'mysql'];
const subjects: readonly Subject[] = [
  ...apps
    .filter(({ backend }) => servers.includes(String(backend.server)))
    .flatMap((kind) => [catalogWriter(kind, 'session'), catalogWriter(kind, 'batch')]),
  storageWriter('PostgreSQL', postgresqlBackend),
  storageWriter('MySQL', mysqlBackend),
];

/** How many locks others have in a database. */
async function locksIn(database: string): Promise<number> {
  const [row] = await (database.startsWith('mysql') ? locksOfMysql : locksOfPostgres)(database);
  return Number(row?.count);
}

const mysqlLocks = `SELECT COUNT(*) AS count FROM information_schema.innodb_trx AS open
  JOIN information_schema.processlist AS of ON of.id = open.trx_mysql_thread_id
  WHERE of.db = DATABASE() AND open.trx_tables_locked + open.trx_rows_locked > 0`;
const postgresLocks = `SELECT COUNT(*) AS count FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND locktype <> 'virtualxid'`;

async function locksOfPostgres(database: string): Promise<{ count: string }[]> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(postgresLocks)).rows;
  } finally {
    await client.end();
  }
}

async function locksOfMysql(database: string): Promise<{ count: string }[]> {
  const connection = await mysql.createConnection(database);
  try {
    return (await connection.query(mysqlLocks))[0] as unknown as { count: string }[];
  } finally {
    await connection.end();
  }
}

/** Takes a lock as an app might, and answers what gives it back. */
async function takeLock(database: string): Promise<() => Promise<unknown>> {
  const sql = 'SELECT * FROM shopify_sessions FOR UPDATE';
  if (database.startsWith('mysql')) {
    const connection = await mysql.createConnection(database);
    await connection.query('BEGIN');
    await connection.query(sql);
    return () => connection.end();
  }
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('BEGIN');
  await client.query(sql);
  return () => client.end();
}

const noLocks = (database: string) =>
  vi.waitFor(async () => expect(await locksIn(database)).toBe(0), {
    timeout: 10_000,
    interval: 100,
  });

describe.each([postgresqlBackend, mysqlBackend])('a lock over $name', (backend) => {
  const server = sharedServer(backend.server ?? 'postgres');
  test.skipIf(server === undefined)('is seen while it is there', async () => {
    const place = await backend.create(server ?? '');
    try {
      const { database = '' } = place;
      const { storage, close } = await backend.connect(place);
      for (const shop of shops) await storage.storeSession(expiringOfflineSession(shop));
      await close();
      const giveBack = await takeLock(database);
      await vi.waitFor(async () => expect(await locksIn(database)).toBeGreaterThan(0));
      await giveBack();
      await noLocks(database);
    } finally {
      await backend.drop(place);
    }
  });
});

describe.each(subjects)('a write of $name', ({ backend, open }) => {
  const server = sharedServer(backend.server ?? 'postgres');
  let place: Place;
  let network: TcpProxy;
  beforeAll(async () => {
    if (server === undefined) return;
    place = await backend.create(server);
    const { database = '' } = place;
    const standard = database.startsWith('mysql') ? '3306' : '5432';
    network = await TcpProxy.start(Number(new URL(database).port || standard));
    const { storage, close } = await backend.connect(place);
    for (const shop of shops) await storage.storeSession(expiringOfflineSession(shop));
    await close();
  });
  afterAll(async () => {
    if (server === undefined) return;
    await backend.drop(place);
  });

  test.skipIf(server === undefined)(
    'leaves no lock, whenever the network goes silent',
    async () => {
      const { database = '' } = place;
      let isWhole = false;
      let silences = 0;
      for (let pieces = 0; !isWhole; pieces++) {
        const app = await open({ ...place, database: network.through(database) });
        network.silenceAfter(pieces);
        const [told] = await Promise.allSettled([app.write()]);
        isWhole = !network.isSilent;
        if (!isWhole) {
          silences++;
          expect(told).toMatchObject({ reason: { code: 'ERR_STORE_UNAVAILABLE' } });
        }
        await noLocks(database);

        if (isWhole) await app.close();
        // What is silent stays so until this process ends: Prisma can neither be closed then nor bear an error.
        await network.restore();
        network.forget();
      }
      expect(silences).toBeGreaterThan(0);
    },
  );
});
