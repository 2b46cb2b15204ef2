// After `disconnect` no listener of ours is left on what the app has open, which may outlive many storages.
import { EventEmitter, once } from 'node:events';
import KeyvValkey from '@keyv/valkey';
import { Session } from '@shopify/shopify-api';
import { Cluster, Redis as Valkey } from 'iovalkey';
import { Keyv } from 'keyv';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { canStartRedis, startRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { startRedisSentinel } from '../servers/redis-sentinel.js';
import { places } from './places.js';

const shop = 'left.myshopify.com';
const session = new Session({ id: `offline_${shop}`, shop, state: '', isOnline: false });

/** How many listeners there are, by the name of their event. */
function listenersOf(emitters: readonly EventEmitter[]): object[] {
  return emitters.map((one) =>
    Object.fromEntries(
      one
        .eventNames()
        .map((name) => [String(name), one.listenerCount(name)] as const)
        .filter(([, count]) => count > 0),
    ),
  );
}

interface Subject {
  /** What the app has open. */
  readonly opened: object;
  /** What of it emits events. */
  readonly emitters: readonly EventEmitter[];
  close(): unknown;
}

type MakeSubject = (url: string) => Promise<Subject> | Subject;

/** A client of Redis, as an app has it: it listens to errors. */
function client<Client extends EventEmitter>(made: Client, close: (made: Client) => unknown) {
  made.on('error', () => {});
  return { opened: made, emitters: [made], close: () => close(made) };
}

async function ofCluster(
  make: (urls: readonly string[]) => Subject | Promise<Subject>,
): Promise<Subject> {
  const cluster = await startRedisCluster();
  const subject = await make(cluster.urls);
  const close = async () => {
    await subject.close();
    await cluster.stop();
  };
  return { ...subject, close };
}

const onServer: [string, keyof typeof places, MakeSubject][] = [
  [
    'a pool of pg',
    'PostgreSQL',
    (connectionString) => {
      const pool = new pg.Pool({ connectionString });
      return { opened: pool, emitters: [pool], close: () => pool.end() };
    },
  ],
  [
    'a pool of mysql2',
    'MySQL',
    (uri) => {
      const pool = mysql.createPool(uri);
      const inner = pool.pool as unknown as EventEmitter;
      return { opened: pool, emitters: [pool, inner], close: () => pool.end() };
    },
  ],
];

const ownServer: [string, MakeSubject][] = [
  ['a client of redis', (url) => client(createClient({ url }), () => {})],
  ['a pool of redis', (url) => client(createClientPool({ url }), (made) => made.destroy())],
  ['a client of iovalkey', (url) => client(new Valkey(url), (made) => made.disconnect())],
  [
    'a cluster client of redis',
    () =>
      ofCluster((urls) => {
        const rootNodes = urls.map((url) => ({ url }));
        return client(createCluster({ rootNodes }), () => {});
      }),
  ],
  [
    'a cluster client of iovalkey',
    () =>
      ofCluster(async (urls) => {
        const made = new Cluster([...urls]);
        // Until then it has listeners of its own.
        await once(made, 'ready');
        return client(made, () => made.disconnect());
      }),
  ],
  [
    'a client of redis for sentinels',
    async (url) => {
      const sentinel = await startRedisSentinel(Number(new URL(url).port));
      const sentinelRootNodes = [{ host: '127.0.0.1', port: sentinel.port }];
      const made = createSentinel({ name: sentinel.master, sentinelRootNodes });
      return client(made, async () => {
        if (made.isOpen) made.destroy();
        await sentinel.stop();
      });
    },
  ],
];

/** More than an emitter takes without a warning. */
const storages = 12;

async function expectLeft(subject: Subject): Promise<void> {
  onTestFinished(async () => void (await subject.close()));
  const before = listenersOf(subject.emitters);
  for (let number = 1; number <= storages; number++) {
    const storage = openSessionStorage(subject.opened);
    await storage.storeSession(session);
    await storage.disconnect();
  }
  expect(listenersOf(subject.emitters)).toEqual(before);
}

test.each(onServer.filter(([, place]) => places[place] !== undefined))(
  '%s',
  async (_name, place, make) => {
    const at = await places[place]?.();
    onTestFinished(async () => void (await at?.drop()));
    await expectLeft(await make(String(at?.url)));
  },
);

test.skipIf(!canStartRedis()).each(ownServer)('%s', async (_name, make) => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  await expectLeft(await make(server.url));
});

test('a pool of pg whose server is gone is left as it was too', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  onTestFinished(() => pool.end());
  const storage = openSessionStorage(pool, { deadline: 500 });
  await expect(storage.loadSession(session.id)).rejects.toThrow('session store');
  await storage.disconnect();
  expect(listenersOf([pool])).toEqual([{}]);
});

/** A Keyv adapter that reports its failures as events. */
class EventfulAdapter extends EventEmitter {
  readonly #values = new Map<string, string>();
  get = async (key: string) => this.#values.get(key);
  set = async (key: string, value: string) => void this.#values.set(key, value);
  delete = async (key: string) => this.#values.delete(key);
  clear = async () => this.#values.clear();
}

test('an adapter of a Keyv', async () => {
  const adapter = new EventfulAdapter();
  const keyv = new Keyv({ store: adapter });
  const before = listenersOf([adapter]);
  const storage = new KeyvSessionStorage(keyv);
  await storage.storeSession(session);
  await storage.disconnect();
  expect(listenersOf([adapter])).toEqual(before);
});

test.skipIf(!canStartRedis())('the client of @keyv/valkey', async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const valkey = new Valkey(server.url);
  const keyv = new Keyv(new KeyvValkey(valkey));
  const before = listenersOf([valkey]);
  const storage = new KeyvSessionStorage(keyv);
  await storage.storeSession(session);
  await storage.disconnect();
  expect(listenersOf([valkey])).toEqual(before);
});
