// Connections that went silent while nobody used them, as when a process was frozen between two requests
// (AWS Lambda) or a firewall has forgotten them: a pool has many, and only the first call pays for it.
import { Session } from '@shopify/shopify-api';
import mysql from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { places, queryMysql } from '../open/places.js';

const deadline = 1000;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A call of one statement over connections through a proxy, and what closes them. */
interface Subject {
  call(): Promise<unknown>;
  close(): Promise<unknown> | undefined;
}

const columns = 'id varchar(99) PRIMARY KEY, shop varchar(99), accessToken varchar(999)';

const subjects: Readonly<Record<string, [store: string, open: (url: string) => Promise<Subject>]>> =
  {
    'openSessionStorage over PostgreSQL': ['PostgreSQL', opened],
    'openSessionStorage over MySQL': ['MySQL', opened],
    mysqlCatalog: [
      'MySQL',
      async (url) => {
        await queryMysql(url, `CREATE TABLE shopify_sessions (${columns})`);
        const catalog = mysqlCatalog(mysql.createPool(url), { deadline });
        return {
          call: async () => catalog.loadSession?.('a'),
          close: async () => catalog.disconnect?.(),
        };
      },
    ],
  };

async function opened(url: string): Promise<Subject> {
  const storage = openSessionStorage(url, { deadline });
  const session = new Session({ id: 'a', shop: 'a.myshopify.com', state: '', isOnline: false });
  await storage.storeSession(session);
  return { call: () => storage.loadSession('a'), close: () => storage.disconnect() };
}

test.for(Object.entries(subjects).filter(([, [store]]) => places[store] !== undefined))(
  '%s: after one call that fails, all others succeed',
  async ([, [store, open]]) => {
    const place = await places[store]?.();
    cleanUp.push(() => place?.drop());
    const url = new URL(String(place?.url));
    const proxy = await TcpProxy.start(Number(url.port || (store === 'MySQL' ? 3306 : 5432)));
    cleanUp.push(() => proxy.stop());
    const { call, close } = await open(proxy.through(url.href));
    cleanUp.push(() => close());
    await Promise.all(Array.from({ length: 50 }, call));
    expect(proxy.connections).toBeGreaterThan(5);

    proxy.silence();
    await proxy.restore();

    await call().catch(() => {});
    for (let n = 0; n < 10; n++) await call();
  },
);
