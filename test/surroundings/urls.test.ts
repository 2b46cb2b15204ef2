// URLs as files, secrets and hosting platforms hand them out.
import { existsSync } from 'node:fs';
import { Session } from '@shopify/shopify-api';
import { afterEach, describe, expect, test } from 'vitest';
import { openSessionStorage } from '../../src/open/index.js';
import { places } from '../open/places.js';
import { sharedServer } from '../servers/shared.js';

const session = () =>
  new Session({ id: 'offline_a', shop: 'a.myshopify.com', state: '', isOnline: false });

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('as files and secrets hold a URL', () => {
  test('a newline at its end is not part of the name of a file', async () => {
    const place = await places.SQLite?.();
    const storage = openSessionStorage(` ${place?.url}\r\n`);
    cleanUp.push(
      () => place?.drop(),
      () => storage.disconnect(),
    );
    await storage.storeSession(session());
    expect(existsSync(String(place?.url.slice('sqlite:'.length)))).toBe(true);
  });

  test.skipIf(sharedServer('postgres') === undefined)('nor of the name of a schema', async () => {
    const place = await places.PostgreSQL?.();
    const storage = openSessionStorage(`\uFEFF${place?.url}?schema=public\n`);
    cleanUp.push(
      () => place?.drop(),
      () => storage.disconnect(),
    );
    expect(await storage.storeSession(session())).toBe(true);
  });
});

test.skipIf(sharedServer('postgres') === undefined)(
  'a URL of PostgreSQL may leave its host to the query, as with the socket of a proxy',
  async () => {
    const place = await places.PostgreSQL?.();
    const { username, password, hostname, port, pathname } = new URL(String(place?.url));
    const login = password === '' ? username : `${username}:${password}`;
    const query = `host=${hostname}&port=${port || 5432}`;
    const storage = openSessionStorage(`postgresql://${login}@${pathname}?${query}`);
    cleanUp.push(
      () => place?.drop(),
      () => storage.disconnect(),
    );
    expect(await storage.storeSession(session())).toBe(true);
  },
);
