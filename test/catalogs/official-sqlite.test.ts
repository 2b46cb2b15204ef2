import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqliteCatalog } from '../../src/catalogs/sqlite/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { nodeSqlite, openLibsql, openSqlite3, sqliteBackend } from './backends/official-sqlite.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(sqliteBackend('libsql', openLibsql));
sessionCatalogConformance(sqliteBackend('sqlite3', openSqlite3));

// Node 20 has no SQLite of its own.
const openNodeSqlite = nodeSqlite();
if (openNodeSqlite !== undefined) {
  sessionCatalogConformance(sqliteBackend('node:sqlite', openNodeSqlite));
}

// Not through sqlite3: its stand-in waits for a lock, and this process, which holds it, stands still.
describe.each([
  ['libsql', openLibsql],
  ['node:sqlite', openNodeSqlite],
] as const)('a replacement through %s', (driver, open) => {
  if (open === undefined) {
    test.skip('needs a newer Node', () => {});
    return;
  }
  const backend = sqliteBackend(driver, open);
  const close: (() => unknown)[] = [];
  let place: Place;
  let database: ReturnType<typeof open>;
  let catalog: SessionCatalog<StoredSession>;
  /** As of another process. Of the same library: two of them in one process drop each other's locks. */
  let other: ReturnType<typeof open>;
  let current: StoredSession;
  let next: StoredSession;
  beforeEach(async () => {
    place = await backend.create('');
    close.push(() => backend.drop(place));
    const app = await backend.connect(place);
    await app.storage.storeSession(expiringOfflineSession('a.myshopify.com'));
    await app.close();
    const file = join(place.folder ?? '', 'sessions.db');
    database = open(file);
    catalog = sqliteCatalog(database);
    other = open(file);
    close.push(
      () => database.close(),
      () => other.close(),
    );
    for await (const session of catalog.sessions()) current = session;
    next = { ...current, accessToken: 'replaced' };
  });
  afterEach(async () => {
    for (const each of close.splice(0).reverse()) await each();
  });
  const others = () => other.prepare('SELECT accessToken FROM shopify_sessions').all();

  test('that found the database locked is there for others, and locks nobody out', async () => {
    other.exec('BEGIN IMMEDIATE');
    const replaced = catalog.replaceSession(current, next);
    // Time to try in vain.
    await new Promise((resolve) => setTimeout(resolve, 50));
    other.exec('COMMIT');
    await expect(replaced).resolves.toBe(true);
    expect(others()).toEqual([{ accessToken: 'replaced' }]);
    other.exec("UPDATE shopify_sessions SET accessToken = 'written'");
    expect(others()).toEqual([{ accessToken: 'written' }]);
  });

  test('that waits for its turn until the deadline is never sent', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = sqliteCatalog(
      {
        all(sql, values, callback) {
          const run = () => callback(null, database.prepare(sql).all(...(values as string[])));
          if (/^(UPDATE|INSERT)/.test(sql)) void released.then(run);
          else run();
        },
      },
      { deadline: 100 },
    );
    const added = (id: string) => slow.replaceSession(undefined, { ...current, id });
    const [sent, waiting] = await Promise.allSettled([
      slow.replaceSession(current, next),
      added('offline_waiting'),
    ]);
    expect(sent).toMatchObject({ reason: { mayHaveTakenEffect: true } });
    expect(waiting).toMatchObject({ reason: { mayHaveTakenEffect: false } });
    release();
    await expect(added('offline_later')).resolves.toBe(true);
    const ids = other.prepare('SELECT id FROM shopify_sessions ORDER BY rowid').all();
    expect(ids).toEqual([{ id: current.id }, { id: 'offline_later' }]);
    // Nor does one that was sent in time, and run too late, change anything.
    expect(others()).not.toContainEqual({ accessToken: 'replaced' });
  });

  test('that could not be committed leaves no transaction behind', async () => {
    // A reader in its transaction keeps the file as it is, where there is no write-ahead log.
    other.exec('BEGIN');
    others();
    const replaced = catalog.replaceSession(current, next);
    await new Promise((resolve) => setTimeout(resolve, 50));
    other.exec('COMMIT');
    await expect(replaced).resolves.toBe(true);
    expect(others()).toEqual([{ accessToken: 'replaced' }]);
  });

  test('waits for the end of a transaction of the app, which may take all back', async () => {
    database.exec('BEGIN');
    const replaced = catalog.replaceSession(current, next);
    // Time to try in vain.
    await new Promise((resolve) => setTimeout(resolve, 50));
    database.exec('ROLLBACK');
    await expect(replaced).resolves.toBe(true);
    expect(others()).toEqual([{ accessToken: 'replaced' }]);
  });
});
