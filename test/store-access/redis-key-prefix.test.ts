// The `keyPrefix` of a client that descends from ioredis: apps that it keeps apart stay apart.
import KeyvValkey from '@keyv/valkey';
import { Session } from '@shopify/shopify-api';
import { Cluster, Redis as Valkey } from 'iovalkey';
import { Keyv } from 'keyv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { KeyvSessionStorage, OptionInvalidError } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { uniqueName } from '../conformance/backend.js';
import { redisContents, removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { canStartRedis } from '../servers/redis.js';
import { startRedisCluster } from '../servers/redis-cluster.js';
import { sharedServer } from '../servers/shared.js';

const server = sharedServer('redis');
const shop = 'key-prefix.myshopify.com';
const id = `offline_${shop}`;
const sessionOf = (accessToken: string) =>
  new Session({ id, shop, state: '', isOnline: false, accessToken });

type Client = Valkey | Cluster;

const storages = {
  'KeyvSessionStorage over @keyv/valkey': (client: Client) =>
    new KeyvSessionStorage<Session>(new Keyv(new KeyvValkey(client))),
  openSessionStorage: (client: Client) => openSessionStorage<Session>(client),
};

function closedAfterTest<Made extends Client>(client: Made): Made {
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

/** Two apps that only `keyPrefix` keeps apart, and what the keys of each begin with. */
function twoApps(make: (keyPrefix: string) => Client, open: (client: Client) => Storage) {
  const name = uniqueName();
  // Characters that mean something in a pattern, and one app's prefix matches those of others as a pattern.
  return ['[ab]*', 'a'].map((end) => {
    const keyPrefix = `${name}${end}:`;
    const storage = open(closedAfterTest(make(keyPrefix)));
    onTestFinished(() => storage.disconnect());
    return { keyPrefix, storage };
  });
}

type Storage = KeyvSessionStorage<Session>;

async function expectApart(apps: readonly { readonly storage: Storage }[]): Promise<void> {
  for (const [number, { storage }] of apps.entries()) {
    expect(await storage.loadSession(id)).toBeUndefined();
    await storage.storeSession(sessionOf(`shpat_${number}`));
  }
  for (const [number, { storage }] of apps.entries()) {
    const expected = { id, accessToken: `shpat_${number}` };
    expect(await storage.loadSession(id)).toMatchObject(expected);
    expect(await storage.findSessionsByShop(shop)).toMatchObject([expected]);
    const all: Session[] = [];
    for await (const session of storage.sessions()) all.push(session);
    expect(all).toMatchObject([expected]);
    expect(await storage.replaceSession(all[0], sessionOf(`shpat_${number}_again`))).toBe(true);
    expect(await storage.loadSession(id)).toMatchObject({ accessToken: `shpat_${number}_again` });
  }
  const [first, second] = apps;
  expect(await first?.storage.deleteSessions([id])).toBe(true);
  expect(await first?.storage.findSessionsByShop(shop)).toEqual([]);
  expect(await second?.storage.findSessionsByShop(shop)).toHaveLength(1);
}

describe.each(Object.entries(storages))('%s', (_name, open) => {
  test.skipIf(server === undefined)('two apps on one server', async () => {
    const url = server ?? '';
    const apps = twoApps((keyPrefix) => new Valkey(url, { keyPrefix }), open);
    const [{ keyPrefix } = { keyPrefix: '' }] = apps;
    const name = keyPrefix.slice(0, keyPrefix.indexOf('['));
    onTestFinished(() => removeRedisKeys(url, `*${name}*`));
    await expectApart(apps);
    const keys = await redisContents(url, `*${name}*`);
    expect(keys).toContain(`${name}a:shopify-session:id:${id}`);
  });

  test.skipIf(!canStartRedis()).each(['of the cluster', 'of its nodes'])(
    'two apps on a cluster, by an option %s',
    async (whose) => {
      const cluster = await startRedisCluster();
      onTestFinished(() => cluster.stop());
      const make = (keyPrefix: string) =>
        new Cluster(
          [...cluster.urls],
          whose === 'of the cluster' ? { keyPrefix } : { redisOptions: { keyPrefix } },
        );
      await expectApart(twoApps(make, open));
    },
  );
});

test.skipIf(server === undefined)(
  'keys begin with it as those of a bare Keyv do, before the namespace',
  async () => {
    const url = server ?? '';
    const keyPrefix = `${uniqueName()}:`;
    onTestFinished(() => removeRedisKeys(url, `${keyPrefix}*`));
    const client = closedAfterTest(new Valkey(url, { keyPrefix }));
    const keyv = new Keyv(new KeyvValkey(client), { namespace: 'app' });
    await keyv.set('bare', 1);
    const storage = new KeyvSessionStorage<Session>(keyv);
    onTestFinished(() => storage.disconnect());
    await storage.storeSession(sessionOf('shpat_a'));
    const contents = await redisContents(url, `${keyPrefix}app:*`);
    const keys = contents.split('\n').map((line) => JSON.parse(line)[0]);
    expect(keys.sort()).toEqual([
      `${keyPrefix}app:bare`,
      `${keyPrefix}app:shopify-session:id:${id}`,
      `${keyPrefix}app:shopify-session:shop:${shop}`,
    ]);
  },
);

// The official storage takes clients of node-redis only, which have no such option.
test('redisCatalog refuses a client that descends from ioredis', () => {
  const client = closedAfterTest(new Valkey({ lazyConnect: true, keyPrefix: 'app:' }));
  const make = () => redisCatalog(client as never);
  expect(make).toThrow(OptionInvalidError);
  expect(make).toThrow('redisCatalog needs a client of redis 4, 5 or 6.');
});
