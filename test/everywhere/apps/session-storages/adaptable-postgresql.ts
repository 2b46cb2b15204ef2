// An app over @bazaarforge/shopify-app-session-storage-adaptable-postgresql, bare and wrapped.
import * as assert from 'node:assert';
import {
  AdaptablePostgresStorage,
  NativePostgresConnection,
} from '@bazaarforge/shopify-app-session-storage-adaptable-postgresql';
import { Session } from '@shopify/shopify-api';
import pg from 'pg';
import { EncryptedSessionStorage, Keyring } from 'shopify-app-session-storage-encrypted';

const url = process.env.STORE_URL ?? '';
const pool = new pg.Pool({ connectionString: url });
// As its README asks, under the name that is its default.
await pool.query(`CREATE TABLE shopify_sessions (
  "id" varchar(255) NOT NULL PRIMARY KEY, "shop" TEXT NOT NULL, "state" varchar(255) NOT NULL,
  "isOnline" boolean NOT NULL, "scope" TEXT, "expires" integer, "onlineAccessInfo" TEXT, "accessToken" TEXT)`);

const inner = new AdaptablePostgresStorage(new NativePostgresConnection(url, 'shopify_sessions'));
const keyring = Keyring.generate();
const shop = 'a.myshopify.com';
const accessToken = 'a token of the shop';

for (const storage of [inner, new EncryptedSessionStorage(inner, { keyring })]) {
  const session = new Session({ id: 'offline_a', shop, state: '', isOnline: false, accessToken });
  assert.strictEqual(await storage.storeSession(session), true);
  assert.strictEqual((await storage.loadSession('offline_a'))?.accessToken, accessToken);
  const found = await storage.findSessionsByShop(shop);
  assert.deepStrictEqual(
    found?.map((one) => one.accessToken),
    [accessToken],
  );
  const { rows } = await pool.query('SELECT * FROM shopify_sessions');
  assert.strictEqual(JSON.stringify(rows).includes(accessToken), storage === inner);
  assert.strictEqual(await storage.deleteSessions(['offline_a']), true);
  assert.strictEqual(await storage.loadSession('offline_a'), undefined);
}
console.log('works');
process.exit();
