// An app may move from Keyv 5 to Keyv 6, or run both during a deploy.
import KeyvPostgres from '@keyv/postgres';
import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterEach, describe, expect, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';
import { type SharedServer, sharedServer } from '../servers/shared.js';
import { uniqueName } from './backend.js';
import { createPostgresDatabase, dropPostgresDatabase } from './backends/postgres-database.js';
import { removeRedisKeys } from './backends/redis-contents.js';
import { kept, onlineSession, token } from './sessions.js';

interface Store {
  readonly name: string;
  readonly server?: SharedServer;
  /** A new and empty place: makes adapters to it, of the kind that both releases take. */
  open(server: string, prefix: string): Promise<{ adapter(): object; drop(): Promise<void> }>;
}

const stores: Store[] = [
  {
    name: 'a Map',
    async open() {
      const map = new Map();
      return { adapter: () => map, drop: async () => {} };
    },
  },
  {
    name: 'Redis',
    server: 'redis',
    open: async (server, prefix) => ({
      adapter: () => new KeyvRedis(server),
      drop: () => removeRedisKeys(server, `*${prefix}*`),
    }),
  },
  {
    name: 'PostgreSQL',
    server: 'postgres',
    async open(server) {
      const uri = await createPostgresDatabase(server);
      return {
        adapter: () => new KeyvPostgres({ uri, idleTimeoutMillis: 100 }),
        drop: () => dropPostgresDatabase(uri),
      };
    },
  },
];

const releases = {
  'Keyv 5': (options: object) => new Keyv5(options),
  'Keyv 6': (options: object) => new Keyv6(options),
};

const directions = [
  ['Keyv 5', 'Keyv 6'],
  ['Keyv 6', 'Keyv 5'],
] as const;

describe.for(stores)('on $name', ({ server, open }) => {
  const url = server === undefined ? '' : sharedServer(server);
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  describe.for([
    ['the default namespace', {}],
    ['a namespace', { namespace: 'app' }],
  ] as const)('in %s', ([, options]) => {
    test.skipIf(url === undefined).for(directions)(
      'sessions stored through %s are loaded, found, changed and deleted through %s',
      async ([writer, reader]) => {
        const prefix = uniqueName();
        const place = await open(url ?? '', prefix);
        cleanUp.push(place.drop);
        const openRelease = (release: keyof typeof releases) => {
          const keyv = releases[release]({ store: place.adapter(), ...options });
          const storage = new KeyvSessionStorage(keyv, { prefix });
          // @keyv/postgres has one pool per process, and complains when it was ended before.
          cleanUp.push(() => storage.disconnect().catch(() => {}));
          return storage;
        };
        const [from, to] = [openRelease(writer), openRelease(reader)];
        const shop = 'a.myshopify.com';
        const [first, second] = [onlineSession(shop, 1), onlineSession(shop, 2)];
        await from.storeSession(first);

        expect(kept(await to.loadSession(first.id))).toEqual(kept(first));
        await to.storeSession(second);
        first.accessToken = token('shpua');
        await to.storeSession(first);
        for (const storage of [from, to]) {
          const found = await storage.findSessionsByShop(shop);
          const order = found.sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(order.map(kept)).toEqual([kept(first), kept(second)]);
        }

        await to.deleteSessions([first.id, second.id]);
        await expect(from.loadSession(first.id)).resolves.toBeUndefined();
        await expect(from.findSessionsByShop(shop)).resolves.toEqual([]);
      },
    );
  });
});
