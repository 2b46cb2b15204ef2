// SQLite files by URL: what is made when, and what a locked file costs.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '@shopify/shopify-api';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { OptionInvalidError, StoreUnavailableError } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { isSqliteBusy } from '../../src/store-access/index.js';
import type { StatementDatabase } from '../../src/store-access/sqlite-database.js';
import { nodeSqlite } from '../catalogs/backends/official-sqlite.js';

const session = () =>
  new Session({ id: 'offline_a', shop: 'a.myshopify.com', state: '', isOnline: false });

/** The library that the storage itself has: two of them in one process do not see each other's locks. */
const openDatabase = nodeSqlite() ?? ((file: string) => new Libsql(file));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-sqlite-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** How often this process has files of the folder open. Linux only. */
async function openFiles(): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.startsWith(folder)).length;
}

test('reading makes no file, storing makes it', async () => {
  const file = join(folder, 'sessions.db');
  const storage = openSessionStorage(`sqlite:${file}`);
  expect(await storage.loadSession('offline_a')).toBeUndefined();
  expect(await storage.findSessionsByShop('a.myshopify.com')).toEqual([]);
  for await (const { id } of storage.sessions()) throw new Error(`There is ${id}.`);
  expect(await storage.warnings()).toEqual([
    {
      code: 'NO_TABLE',
      message: `There is no table shopify_session_records in the file ${file}. It is made when the first session is stored.`,
    },
  ]);
  expect(await readdir(folder)).toEqual([]);

  await storage.storeSession(session());
  expect(await storage.warnings()).toEqual([]);
  expect(existsSync(file)).toBe(true);
  await storage.disconnect();
});

test('a URL with mode=memory makes no file', async () => {
  const storage = openSessionStorage(`sqlite:${join(folder, 'sessions.db')}?mode=memory`);
  await storage.storeSession(session());
  expect(await storage.loadSession('offline_a')).toBeDefined();
  expect(await readdir(folder)).toEqual([]);
  await storage.disconnect();
});

test.each([
  'sqlite:',
  'sqlite:sessions.db?mode=ro',
  'sqlite:sessions.db?cache=shared',
  'sqlite:/no/such/folder/sessions.db',
])('%s is refused when it is opened', (url) => {
  expect(() => openSessionStorage(url)).toThrow(OptionInvalidError);
});

/** An app's own database, and the turns of the event loop in which SQLite found its file locked. */
function watched(file: string) {
  const database = openDatabase(file) as StatementDatabase & { close(): unknown };
  database.exec('PRAGMA busy_timeout = 20');
  let turn = 0;
  let next = setImmediate(function count() {
    turn++;
    next = setImmediate(count);
  });
  const refusedIn: number[] = [];
  const noting = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (isSqliteBusy(error)) refusedIn.push(turn);
      throw error;
    }
  };
  return {
    refusedIn,
    get inTransaction() {
      return database.inTransaction;
    },
    exec: (sql: string) => noting(() => database.exec(sql)),
    prepare: (sql: string) => ({
      all: (...values: unknown[]) => noting(() => database.prepare(sql).all(...values)),
    }),
    close() {
      clearImmediate(next);
      database.close();
    },
  };
}

test('of many callers that find a file locked, one at a time looks again, and others get their turn in between', async () => {
  const file = join(folder, 'sessions.db');
  const other = openDatabase(file);
  other.exec('CREATE TABLE other (id TEXT)');
  // Node 24 cannot open a file that is locked.
  const database = watched(file);
  other.exec('BEGIN EXCLUSIVE');
  const storage = openSessionStorage(database, { deadline: 500 });
  const calls = Array.from({ length: 20 }, (_, at) => storage.loadSession(`offline_${at}`));
  for (const outcome of await Promise.allSettled(calls)) {
    expect(outcome).toMatchObject({
      reason: {
        code: 'ERR_STORE_UNAVAILABLE',
        cause: { message: expect.stringMatching(/locked/) },
      },
    });
  }
  expect(database.refusedIn.length).toBeGreaterThan(1);
  expect(new Set(database.refusedIn).size).toBe(database.refusedIn.length);

  other.exec('COMMIT');
  other.close();
  const stored = () => storage.storeSession(session());
  expect(await vi.waitFor(stored, { timeout: 30_000, interval: 100 })).toBe(true);
  database.close();
});

describe('a file that is locked when it is first opened', () => {
  test.skipIf(process.platform !== 'linux')(
    'fails each call at its deadline, leaves no handle open and the event loop free',
    async () => {
      const file = join(folder, 'sessions.db');
      const other = openDatabase(file);
      other.exec('CREATE TABLE other (id TEXT)');
      other.exec('BEGIN EXCLUSIVE');
      const before = await openFiles();
      const storage = openSessionStorage(`sqlite:${file}`, { deadline: 300 });
      let ticks = 0;
      const ticking = setInterval(() => ticks++, 1);
      const calls = 5;
      for (let time = 0; time < calls; time++) {
        await expect(storage.storeSession(session())).rejects.toBeInstanceOf(StoreUnavailableError);
      }
      clearInterval(ticking);
      // One connection, with the files that SQLite has for it.
      expect((await openFiles()) - before).toBeLessThanOrEqual(3);
      // Others get their turn all the while, and not only between the calls.
      expect(ticks).toBeGreaterThan(calls);

      other.exec('COMMIT');
      other.close();
      // On a busy machine, a call may take longer than this deadline.
      const stored = () => storage.storeSession(session());
      expect(await vi.waitFor(stored, { timeout: 30_000, interval: 100 })).toBe(true);
      await storage.disconnect();
    },
  );
});
