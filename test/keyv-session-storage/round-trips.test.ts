// How often a call waits for the store: a number that does not grow with the number of sessions.
// Counted on the wire, between the client and a real Redis.
import { createServer, connect as dial, type Server } from 'node:net';
import { Session } from '@shopify/shopify-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';
import { uniqueName } from '../conformance/backend.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { sharedServer } from '../servers/shared.js';

const redis = sharedServer('redis');
const prefix = uniqueName();
const sizes = [1, 50, 500];

describe.skipIf(redis === undefined)('over Redis, sealed', () => {
  let trips = 0;
  let proxy: Server;
  let inner: ReturnType<typeof openSessionStorage<Session>>;
  let storage: EncryptedSessionStorage<typeof inner>;

  beforeAll(async () => {
    const url = new URL(redis ?? '');
    const { hostname, port } = url;
    proxy = createServer((client) => {
      const server = dial(Number(port || 6379), hostname);
      let isWaiting = false;
      client.on('data', (bytes) => {
        if (!isWaiting) trips++;
        isWaiting = true;
        server.write(bytes);
      });
      server.on('data', (bytes) => {
        isWaiting = false;
        client.write(bytes);
      });
      for (const [one, other] of [[client, server] as const, [server, client] as const]) {
        one.on('close', () => other.destroy()).on('error', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    if (address === null || typeof address === 'string') throw new Error('It has no port.');
    url.host = `127.0.0.1:${address.port}`;
    inner = openSessionStorage(url.href, { Session, prefix });
    storage = new EncryptedSessionStorage(inner, { keyring: Keyring.generate('a') });
    // Connects, and sends the scripts.
    await storage.storeSession(sessionOf('warm-up', 0));
    await storage.deleteSessions(['warm-up_0']);
  });
  afterAll(async () => {
    await inner?.disconnect();
    proxy?.close();
    await removeRedisKeys(redis ?? '', `${prefix}*`);
  });

  /** Of several times the fewest: a message may arrive in two parts. */
  async function tripsOf(
    call: () => Promise<unknown>,
    before: () => Promise<unknown> = async () => {},
  ): Promise<number> {
    const counts: number[] = [];
    for (let time = 0; time < 3; time++) {
      await before();
      trips = 0;
      await call();
      counts.push(trips);
    }
    return Math.min(...counts);
  }

  test('a session is loaded in one, and stored in one where it is already there', async () => {
    const session = sessionOf('one', 1);
    await storage.storeSession(session);

    expect(await tripsOf(() => storage.loadSession(session.id))).toBe(1);
    expect(await tripsOf(() => storage.storeSession(session))).toBe(1);
  });

  test('a new session is stored in two', async () => {
    let user = 0;

    expect(await tripsOf(() => storage.storeSession(sessionOf(`new-${user}`, user++)))).toBe(2);
  });

  test.each(sizes)('%i sessions of a shop are found in two, and deleted in two', async (size) => {
    const sessions = Array.from({ length: size }, (_, user) => sessionOf(`of-${size}`, user));
    const storeAll = () => Promise.all(sessions.map((one) => storage.storeSession(one)));
    await storeAll();
    const shop = `of-${size}.myshopify.com`;

    expect(await storage.findSessionsByShop(shop)).toHaveLength(size);
    expect(await tripsOf(() => storage.findSessionsByShop(shop))).toBe(2);
    const ids = sessions.map(({ id }) => id);
    expect(await tripsOf(() => storage.deleteSessions(ids), storeAll)).toBe(2);
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
  });
});

function sessionOf(name: string, user: number): Session {
  const shop = `${name}.myshopify.com`;
  const id = `${shop}_${user}`;
  return new Session({ id, shop, state: '', isOnline: true, scope: '', accessToken: 'token' });
}
