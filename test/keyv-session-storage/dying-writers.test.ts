// A process dies at every step of storing or deleting a session, while another one stores that session
// or one of the same shop at every step: what can be loaded is listed, and nothing else is enumerated.
import KeyvPostgres from '@keyv/postgres';
import KeyvRedis from '@keyv/redis';
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { uniqueName } from '../conformance/backend.js';
import {
  createPostgresDatabase,
  dropPostgresDatabase,
} from '../conformance/backends/postgres-database.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { sharedServer } from '../servers/shared.js';
import { SqliteAdapter } from './sqlite-adapter.js';

/** More than storing a new session takes, also where another one changes the index at the same time. */
const steps = 9;

/** Called before each command to the store, with its number from 0; when it throws, none is sent. */
type BeforeCommand = (command: number) => Promise<unknown>;

/** Makes `method` of an adapter, or of its client, wait for `before`. */
function watch<T extends object>(target: T, method: keyof T & string, before: BeforeCommand): T {
  const original: unknown = target[method];
  if (typeof original !== 'function') throw new TypeError(`It has no ${method}.`);
  let commands = 0;
  const watched = async (...values: unknown[]) => {
    await before(commands++);
    return Reflect.apply(original, target, values) as unknown;
  };
  return Object.assign(target, { [method]: watched });
}

interface Duplicable {
  duplicate(...values: unknown[]): Duplicable;
  sendCommand: unknown;
}

/** The storage uses a client of its own, which it makes like the adapter's. */
function watchCopies(client: Duplicable, before: BeforeCommand): void {
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...values) => watch(duplicate(...values), 'sendCommand', before);
}

/** Another process's storage over the same store. */
type Open = (before?: BeforeCommand) => KeyvSessionStorage<Session>;

function dyingWriters(name: string, start: () => Promise<{ open: Open; remove(): Promise<void> }>) {
  describe(name, () => {
    let store: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      store = await start();
    });
    afterAll(() => store.remove());

    /** What the dying process does, while the other one stores. */
    describe.each([
      ['stores a session', 'a session of the same shop', 'store', 'other'],
      ['stores a session', 'the same session', 'store', 'same'],
      ['deletes a session', 'a session of the same shop', 'delete', 'other'],
      ['deletes a session', 'the same session', 'delete', 'same'],
    ] as const)('a process that %s while another one stores %s', (_, __, does, stores) => {
      test.each(Array.from({ length: steps }, (_, step) => step))(
        'and dies after %i commands leaves no session that its shop does not find, nor half of one',
        async (lastCommand) => {
          const rival = store.open();
          const shops = new Set<string>();
          const loadable: string[] = [];
          for (let disturbed = 0; disturbed < steps; disturbed++) {
            const shop = `${uniqueName()}.myshopify.com`;
            shops.add(shop);
            const session = sessionOf(shop, '1');
            const other = stores === 'same' ? session : sessionOf(shop, '2');
            if (does === 'delete') await rival.storeSession(session);
            let disturbing: Promise<unknown> | undefined;
            const doomed = store.open(async (command) => {
              if (command === disturbed) disturbing = store.open().storeSession(other);
              await disturbing;
              if (command >= lastCommand) throw new Error('The process has died.');
            });
            const done =
              does === 'store' ? doomed.storeSession(session) : doomed.deleteSession(session.id);
            await done.catch(() => {});
            await disturbing;

            const found = await rival.findSessionsByShop(shop);
            const ids = [...new Set([session.id, other.id])];
            const loaded = await Promise.all(ids.map((id) => rival.loadSession(id)));
            const there = loaded.flatMap((one) => (one === undefined ? [] : [one.id]));
            expect(found.map(({ id }) => id).sort()).toEqual(there.sort());
            loadable.push(...there);
          }
          const enumerated: string[] = [];
          for await (const { id, shop } of rival.sessions()) {
            if (shops.has(shop)) enumerated.push(id);
          }
          expect(enumerated.sort()).toEqual(loadable.sort());
        },
      );
    });
  });
}

function sessionOf(shop: string, user: string): Session {
  return new Session({ id: `${shop}_${user}`, shop, state: 's', isOnline: true });
}

dyingWriters('SQLite', async () => {
  const database = new SqliteAdapter();
  const open: Open = (before) => {
    const { opts } = database;
    const adapter = Object.assign(Object.create(database) as SqliteAdapter, {
      opts,
      query: (sql: string, ...values: string[]) => database.query(sql, ...values),
    });
    if (before !== undefined) watch(adapter, 'query', before);
    return new KeyvSessionStorage(new Keyv({ store: adapter }));
  };
  return { open, remove: () => database.disconnect() };
});

const redis = sharedServer('redis');
if (redis !== undefined) {
  dyingWriters('Redis', async () => {
    const prefix = uniqueName();
    const adapters: KeyvRedis<unknown>[] = [];
    const open: Open = (before) => {
      const adapter = new KeyvRedis<unknown>(redis);
      adapters.push(adapter);
      if (before !== undefined) watchCopies(adapter.client as Duplicable, before);
      return new KeyvSessionStorage(new Keyv({ store: adapter }), { prefix });
    };
    const remove = async () => {
      await Promise.all(adapters.map((adapter) => adapter.disconnect()));
      await removeRedisKeys(redis, `*${prefix}*`);
    };
    return { open, remove };
  });
}

const postgres = sharedServer('postgres');
if (postgres !== undefined) {
  dyingWriters('PostgreSQL', async () => {
    const database = await createPostgresDatabase(postgres);
    const adapters: KeyvPostgres[] = [];
    const open: Open = (before) => {
      const adapter = new KeyvPostgres({ uri: database, idleTimeoutMillis: 100 });
      adapters.push(adapter);
      if (before !== undefined) watch(adapter, 'query', before);
      return new KeyvSessionStorage(new Keyv({ store: adapter }));
    };
    const remove = async () => {
      // They share one pool.
      await adapters[0]?.disconnect();
      await dropPostgresDatabase(database);
    };
    return { open, remove };
  });
}
