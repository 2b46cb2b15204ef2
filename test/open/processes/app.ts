// An app that stores a session, closes what is its own, and does nothing more.
import { Session } from '@shopify/shopify-api';
import { redisCatalog } from '../../../src/catalogs/redis/index.js';
import { openSessionStorage } from '../../../src/open/index.js';

const [way = '', url = ''] = process.argv.slice(2);
// That of the test, which removes what starts with it.
const prefix = new URL(url).searchParams.get('prefix') ?? undefined;

const session = new Session({
  id: 'offline_ends.myshopify.com',
  shop: 'ends.myshopify.com',
  state: 'state',
  isOnline: false,
  accessToken: 'ends',
});

async function store(target: string | object): Promise<void> {
  const storage = openSessionStorage(target, { prefix });
  if (!(await storage.storeSession(session))) throw new Error('It was not stored.');
}

const ways: Readonly<Record<string, () => Promise<void>>> = {
  'a URL': () => store(url),
  async 'a client'() {
    const { createClient } = await import('redis');
    const client = createClient({ url });
    await client.connect();
    await store(client);
    await client.close();
  },
  async 'a pool of clients'() {
    const { createClientPool } = await import('redis');
    const pool = createClientPool({ url });
    await pool.connect();
    await store(pool);
    await pool.close();
  },
  async 'a cluster client'() {
    const { createCluster } = await import('redis');
    const cluster = createCluster({ rootNodes: [{ url }] });
    await cluster.connect();
    await store(cluster);
    await cluster.close();
  },
  async 'the catalog of a cluster client'() {
    const { createCluster } = await import('redis');
    const catalog = redisCatalog(createCluster({ rootNodes: [{ url }] }));
    await catalog.estimateSessions?.();
    await catalog.disconnect?.();
    // One of half a minute would be noticed by nobody but who waits for it.
    if (process.getActiveResourcesInfo().includes('Timeout')) console.error('A timer is left.');
  },
};

await ways[way]?.();
