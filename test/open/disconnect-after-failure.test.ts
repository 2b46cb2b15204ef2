// A storage whose server is down is disconnected all the same.
import { Session } from '@shopify/shopify-api';
import mysql from 'mysql2/promise';
import { expect, onTestFinished, test } from 'vitest';
import { mysqlCatalog } from '../../src/catalogs/mysql/index.js';
import { openSessionStorage } from '../../src/open/index.js';

const session = new Session({
  id: 'offline_a',
  shop: 'a.myshopify.com',
  state: '',
  isOnline: false,
});

test.each([
  'redis://127.0.0.1:1',
  'postgres://user@127.0.0.1:1/app',
  'mysql://user@127.0.0.1:1/app',
])('disconnect resolves after calls failed (%s)', async (url) => {
  const storage = openSessionStorage(url, { deadline: 1000 });
  for (const call of [storage.storeSession(session), storage.loadSession(session.id)]) {
    await expect(call).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  }
  await expect(storage.disconnect()).resolves.toBeUndefined();
});

test('so does that of a catalog while mysql2 connects', async () => {
  const pool = mysql.createPool('mysql://user@127.0.0.1:1/app');
  const connecting = pool.getConnection().then(
    () => {},
    () => {},
  );
  onTestFinished(() => connecting);
  await expect(mysqlCatalog(pool).disconnect?.()).resolves.toBeUndefined();
});
