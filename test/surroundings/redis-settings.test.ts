// Redis as a provider or an operator sets it up, and clients as apps do.
import { Session } from '@shopify/shopify-api';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import * as redis5 from 'redis';
import * as redis4 from 'redis-4';
import * as redis6 from 'redis-6';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { Keyring, reencryptSessions } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { sessionNumber, TestSession } from '../cli/scene.js';
import { canStartRedis, type OwnRedis, startRedis } from '../servers/redis.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

type Opened = Parameters<typeof openSessionStorage>[0];

/** Does with a storage what an app does, and answers how many sessions it lists then. */
async function use(target: Opened): Promise<number> {
  const storage = openSessionStorage<TestSession>(target, { Session: TestSession, deadline: 3000 });
  cleanUp.push(() => storage.disconnect());
  for (const n of [1, 2, 3]) await storage.storeSession(sessionNumber(n));
  const { id, shop } = sessionNumber(1);
  expect((await storage.loadSession(id))?.accessToken).toBe(sessionNumber(1).accessToken);
  expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
  expect(await storage.deleteSession(sessionNumber(3).id)).toBe(true);
  let count = 0;
  for await (const _ of storage.sessions()) count++;
  expect(await storage.estimateSessions()).toBeGreaterThan(0);
  return count;
}

describe.skipIf(!canStartRedis())('with one server', () => {
  let server: OwnRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());
  afterEach(() => server.command(['FLUSHALL']));

  async function official(): Promise<void> {
    const storage = new RedisSessionStorage(server.url);
    for (const n of [1, 2]) await storage.storeSession(new Session(sessionNumber(n)));
    await storage.disconnect();
  }

  describe.each(Object.entries({ redis5, redis6: redis6 as unknown as typeof redis5 }))(
    'a client of %s',
    (_name, redis) => {
      const { BLOB_STRING, NUMBER, SIMPLE_STRING } = redis.RESP_TYPES;
      const typeMapping = { [BLOB_STRING]: Buffer, [NUMBER]: String, [SIMPLE_STRING]: Buffer };
      test.each([
        ['RESP 3', { RESP: 3 as const }],
        ['RESP 3, and replies as Buffers', { RESP: 3 as const, commandOptions: { typeMapping } }],
      ])('with %s', async (_, options) => {
        const make = async () => {
          const client = redis.createClient({ url: server.url, ...options });
          client.on('error', () => {});
          await client.connect();
          return client;
        };
        const client = await make();
        cleanUp.push(() => client.destroy());
        expect(await use(client)).toBe(2);
        await official();
        const catalog = redisCatalog((await make()) as never);
        cleanUp.push(() => catalog.disconnect?.());
        const keyring = Keyring.generate();
        expect(await reencryptSessions(catalog, { keyring, mode: 'migrate' })).toMatchObject({
          scanned: 2,
          reencrypted: 2,
        });
      });
    },
  );

  test('a client of redis 4 in legacy mode, whose commands take callbacks', async () => {
    const client = redis4.createClient({ url: server.url, legacyMode: true });
    client.on('error', () => {});
    await client.connect();
    cleanUp.push(() => client.disconnect());
    expect(await use(client)).toBe(2);
  });

  test('a user who may do what the documents say, and not more', async () => {
    const keys = ['~shopify-session:*', '~shopify_sessions_*'];
    const commands = 'get mget set del unlink scan dbsize eval evalsha'.split(' ');
    const allowed = commands.map((command) => `+${command}`);
    await server.command(['ACL', 'SETUSER', 'app', 'on', '>password', ...keys, ...allowed]);
    const url = server.url.replace('redis://', 'redis://app:password@');
    expect(await use(url)).toBe(2);
    await official();
    const catalog = redisCatalog(redis5.createClient({ url }));
    cleanUp.push(() => catalog.disconnect?.());
    const keyring = Keyring.generate();
    expect(await reencryptSessions(catalog, { keyring, mode: 'migrate' })).toMatchObject({
      reencrypted: 2,
    });
    expect(await catalog.warnings?.()).toEqual([]);
    for await (const session of catalog.sessions()) await catalog.removeSession?.(session);
  });

  test('a user without a right is told which', async () => {
    await server.command(['ACL', 'SETUSER', 'low', 'on', '>password', '~*', '+@read', '+@write']);
    const url = server.url.replace('redis://', 'redis://low:password@');
    await expect(use(url)).rejects.toMatchObject({
      message: expect.stringContaining('Its user lacks the rights for this'),
      cause: { message: expect.stringContaining("'eval'") },
    });
  });

  test.each([
    ['allkeys-lru', ['records', 'the official storage']],
    ['volatile-ttl', ['records']],
    ['noeviction', []],
  ])('a server that makes room by %s', async (policy, expected) => {
    await server.command(['CONFIG', 'SET', 'maxmemory', '100mb', 'maxmemory-policy', policy]);
    cleanUp.push(() => server.command(['CONFIG', 'SET', 'maxmemory', '0']));
    const storage = openSessionStorage(server.url);
    const catalog = redisCatalog(redis5.createClient({ url: server.url }));
    cleanUp.push(
      () => storage.disconnect(),
      () => catalog.disconnect?.(),
    );
    const found = {
      records: await storage.warnings(),
      'the official storage': (await catalog.warnings?.()) ?? [],
    };
    const warned = Object.entries(found).filter(([, warnings]) => warnings.length > 0);
    expect(warned.map(([name]) => name)).toEqual(expected);
    for (const [, [warning]] of warned) {
      expect(warning).toMatchObject({
        code: 'SESSIONS_EVICTED',
        message: expect.stringContaining(policy),
      });
    }
  });
});

test.skipIf(!canStartRedis())(
  'a server with a command renamed: it is said what to allow',
  async () => {
    const server = await startRedis({
      args: ['--rename-command', 'EVALSHA', '', '--rename-command', 'EVAL', ''],
    });
    cleanUp.push(() => server.stop());
    await expect(use(server.url)).rejects.toThrow('It has a command switched off: this needs GET');
  },
);
