// A write of a catalog that waits for a connection of the app's own pool at its deadline is never sent: the
// app may have stored a newer token since then.
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { postgresqlCatalog } from '../../src/catalogs/postgresql/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import type { SharedServer } from '../servers/shared.js';
import { sharedServer } from '../servers/shared.js';
import { mysqlBackend } from './backends/official-mysql.js';
import { postgresqlBackend } from './backends/official-postgresql.js';
import type { CatalogBackend, CatalogConnection } from './catalog-backend.js';
import { everySession } from './sql-tables.js';

/** An app's pool of a single connection, and a catalog over it. */
interface AppPool {
  readonly catalog: SessionCatalog<StoredSession>;
  /** Takes the connection, and answers what gives it back. */
  hold(): Promise<() => void>;
  /** Waits for all that waits in the pool before. */
  settle(): Promise<unknown>;
  close(): Promise<unknown>;
}

const deadline = 150;

const apps: readonly [SharedServer, CatalogBackend, (url: string) => AppPool][] = [
  [
    'postgres',
    postgresqlBackend,
    (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1 });
      return {
        catalog: postgresqlCatalog(pool, { deadline }),
        async hold() {
          const client = await pool.connect();
          return () => client.release();
        },
        settle: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      };
    },
  ],
  [
    'mysql',
    mysqlBackend,
    (url) => {
      const pool = mysql.createPool({ uri: url, connectionLimit: 1 });
      return {
        catalog: mysqlCatalog(pool, { deadline }),
        async hold() {
          const connection = await pool.getConnection();
          return () => connection.release();
        },
        settle: () => pool.query('SELECT 1'),
        close: () => pool.end(),
      };
    },
  ],
];

describe.each(apps)('the catalog over the pool of an app: %s', (name, backend, openPool) => {
  const server = sharedServer(name);
  let place: Readonly<Record<string, string>> = {};
  let beside: CatalogConnection;
  let app: AppPool;
  let current: StoredSession;
  beforeAll(async () => {
    if (server === undefined) return;
    place = await backend.create(server);
    beside = await backend.connect(place);
  });
  afterAll(async () => {
    if (server === undefined) return;
    await beside.close();
    await backend.drop(place);
  });
  beforeEach(async () => {
    if (server === undefined) return;
    app = openPool(place.database ?? '');
    await beside.storage.storeSession(expiringOfflineSession('a.myshopify.com'));
    const [read] = await everySession(app.catalog);
    if (read === undefined) throw new Error('The session is not there.');
    current = read;
  });
  afterEach(() => app?.close());

  const writes: readonly [string, () => Promise<unknown> | undefined][] = [
    [
      'replaceSession',
      () => app.catalog.replaceSession(current, { ...current, accessToken: 'late' }),
    ],
    [
      'replaceSession of a new one',
      () => app.catalog.replaceSession(undefined, { ...current, id: 'late' }),
    ],
    [
      'replaceSessions',
      () => app.catalog.replaceSessions?.([{ current, next: { ...current, accessToken: 'late' } }]),
    ],
    ['removeSession', () => app.catalog.removeSession?.(current)],
  ];

  test.skipIf(server === undefined).each(writes)(
    '%s that waits for a connection until the deadline is never sent',
    async (_name, write) => {
      const giveBack = await app.hold();
      const [told] = await Promise.allSettled([write()]);
      giveBack();

      expect(told).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'ERR_STORE_UNAVAILABLE',
          mayHaveTakenEffect: false,
          message: expect.stringContaining('Nothing was written'),
        },
      });
      await app.settle();
      await expect(everySession(beside.catalog)).resolves.toEqual([current]);
    },
  );

  test.skipIf(server === undefined)(
    'a connection that comes after the deadline goes back to the pool',
    async () => {
      const giveBack = await app.hold();
      const calls = Array.from({ length: 5 }, () => app.catalog.loadSession?.(current.id));
      for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
      giveBack();
      await app.settle();

      await expect(app.catalog.loadSession?.(current.id)).resolves.toEqual(current);
      const next = { ...current, accessToken: 'next' };
      await expect(app.catalog.replaceSession(current, next)).resolves.toBe(true);
    },
  );
});
