// A storage that was disconnected stays so: it refuses every call, and opens nothing again.
import { Session } from '@shopify/shopify-api';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type OpenedSessionStorage, openSessionStorage } from '../../src/open/index.js';
import { places } from './places.js';

const shop = 'closed.myshopify.com';
const session = new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false });

type Open = (url: string) => string | object;

const byUrl: Open = (url) => url;
const subjects: [name: string, place: string, open: Open][] = [
  // Over memory there is nothing to close.
  ...Object.keys(places)
    .filter((name) => name !== 'memory')
    .map((name): [string, string, Open] => [name, name, byUrl]),
  ['SQLite in memory', 'SQLite', () => 'sqlite::memory:'],
  ['a database of libsql', 'SQLite', () => closedAfterTest(new Database(':memory:'), 'close')],
  ['a client of redis', 'Redis', (url) => createClient({ url: withoutQuery(url) })],
  ['a pool of pg', 'PostgreSQL', (url) => closedAfterTest(new pg.Pool(optionsOf(url)), 'end')],
  ['a pool of mysql2', 'MySQL', (url) => closedAfterTest(mysql.createPool(url), 'end')],
];

const withoutQuery = (url: string) => url.replace(/\?.*$/, '');
const optionsOf = (connectionString: string) => ({ connectionString });

function closedAfterTest<Name extends string, T extends Readonly<Record<Name, () => unknown>>>(
  opened: T,
  close: Name,
): T {
  onTestFinished(async () => void (await opened[close]()));
  return opened;
}

async function expectRefusals(storage: OpenedSessionStorage): Promise<void> {
  for (let call = 1; call <= 3; call++) {
    for (const work of [
      () => storage.loadSession(session.id),
      () => storage.isReady(),
      () => storage.findSessionsByShop(shop),
      () => storage.deleteSession(session.id),
      () => storage.storeSession(session),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
        mayHaveTakenEffect: false,
        cause: { message: 'The session store was disconnected.' },
      });
    }
  }
}

describe.each(
  subjects.flatMap(([name, place, open]) => {
    const make = places[place];
    return make === undefined ? [] : [[name, make, open] as const];
  }),
)('%s', (_name, make, open) => {
  async function opened(): Promise<OpenedSessionStorage> {
    const { url, drop } = await make();
    onTestFinished(async () => void (await drop()));
    const prefix = new URL(url).searchParams.get('prefix') ?? undefined;
    const storage = openSessionStorage(open(url), { prefix });
    onTestFinished(() => storage.disconnect());
    return storage;
  }

  test('every call after `disconnect` is refused, not only the first', async () => {
    const storage = await opened();
    await storage.storeSession(session);
    await storage.disconnect();
    await expectRefusals(storage);
  });

  test('also where it was never used', async () => {
    const storage = await opened();
    await storage.disconnect();
    await expectRefusals(storage);
  });
});
