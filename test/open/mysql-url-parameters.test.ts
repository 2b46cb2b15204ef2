// What a URL of MySQL has for the driver is not overridden by what the storage sets where nothing is said; nor is
// a charset taken, from there or from an app's own pool, that would change letters.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Session } from '@shopify/shopify-api';
import mysql, { Charsets } from 'mysql2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { OptionInvalidError } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { places } from './places.js';

const shop = 'parameters.myshopify.com';
const sessionOf = (number: number) =>
  new Session({ id: `${shop}_${number}`, shop, state: '日本 é 😀', isOnline: false });

describe.skipIf(places.MySQL === undefined)('in the URL', () => {
  test('connectionLimit is how many connections there are', async () => {
    const place = await places.MySQL?.();
    onTestFinished(async () => void (await place?.drop()));
    const proxy = await TcpProxy.start(Number(new URL(String(place?.url)).port || 3306));
    onTestFinished(() => proxy.stop());
    const storage = openSessionStorage(proxy.through(`${place?.url}?connectionLimit=2`));
    onTestFinished(() => storage.disconnect());
    await Promise.all(Array.from({ length: 40 }, (_, at) => storage.storeSession(sessionOf(at))));
    expect(proxy.connections).toBe(2);
  });

  test.each(['utf8mb4', 'UTF8MB4_GENERAL_CI'])('charset may be %s', async (charset) => {
    const place = await places.MySQL?.();
    onTestFinished(async () => void (await place?.drop()));
    const storage = openSessionStorage(`${place?.url}?charset=${charset}`);
    onTestFinished(() => storage.disconnect());
    await storage.storeSession(sessionOf(1));
    expect(await storage.loadSession(sessionOf(1).id)).toEqual(sessionOf(1));
    expect(await storage.findSessionsByShop(shop)).toEqual([sessionOf(1)]);
  });
});

test('connectTimeout ends the wait for a server that is silent, long before the deadline', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const url = `mysql://root@127.0.0.1:${port}/app?connectTimeout=20`;
  const storage = openSessionStorage(url, { deadline: 60_000 });
  onTestFinished(() => storage.disconnect());
  await expect(storage.isReady()).rejects.toMatchObject({ cause: { code: 'ETIMEDOUT' } });
});

// mysql2 would write other letters than those that it was given, or fail once there are such.
test.each(['latin1', 'utf8', 'ascii', 'utf16'])('charset may not be %j', (charset) => {
  const open = () => openSessionStorage(`mysql://localhost/app?charset=${charset}`);
  expect(open).toThrow(OptionInvalidError);
  expect(open).toThrow('?charset= in the URL must be utf8mb4 or one of its collations');
});

describe("the charset of an app's own pool", () => {
  const made = (options: object) => mysql.createPool({ host: 'localhost', ...options });

  test.each(['latin1', 'utf8', 'ascii', 'cp1251', 'big5', 'binary'])('may not be %j', (charset) => {
    const pool = made({ charset });
    for (const open of [
      () => openSessionStorage(pool),
      () => openSessionStorage(pool.promise()),
      () => mysqlCatalog(pool.promise()),
      () => openSessionStorage(made({ uri: `mysql://localhost/app?charset=${charset}` })),
    ]) {
      expect(open).toThrow(OptionInvalidError);
      expect(open).toThrow("The charset of mysql2's pool must be utf8mb4 or one of its collations");
    }
  });

  test('may be utf8mb4 with any collation that mysql2 knows, and nothing else', () => {
    const takes = (charset: string) => {
      try {
        return mysqlCatalog(made({ charset }).promise()) !== undefined;
      } catch {
        return false;
      }
    };
    const names = Object.keys(Charsets);
    expect(names.length).toBeGreaterThan(200);
    expect(names.filter(takes)).toEqual(names.filter((name) => /^UTF8MB4(?:_|$)/.test(name)));
  });

  test('need not be said', () => {
    expect(() => mysqlCatalog(made({}).promise())).not.toThrow();
    expect(() => openSessionStorage(made({}))).not.toThrow();
  });
});
