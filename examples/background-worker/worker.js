// Refreshes expiring offline tokens before they end, for jobs that run without a merchant. Runs once;
// let a scheduler call it every ten minutes.
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import pg from 'pg';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { postgresqlCatalog } from 'shopify-app-session-storage-encrypted/postgresql';

const { DATABASE_URL, SHOPIFY_API_KEY, SHOPIFY_API_SECRET } = process.env;
const soon = Date.now() + 20 * 60_000;

const shopify = shopifyApi({
  apiKey: SHOPIFY_API_KEY,
  apiSecretKey: SHOPIFY_API_SECRET,
  apiVersion: ApiVersion.July26,
  hostName: 'worker.invalid',
  isEmbeddedApp: true,
});
const storage = new EncryptedSessionStorage(new PostgreSQLSessionStorage(DATABASE_URL));
const catalog = postgresqlCatalog(new pg.Pool({ connectionString: DATABASE_URL }));

let refreshed = 0;
// The catalog goes through all sessions without opening a token.
for await (const { id, isOnline, expires, refreshToken } of catalog.sessions()) {
  if (isOnline || !refreshToken || expires === undefined || expires.getTime() > soon) continue;
  const stored = await storage.loadSession(id);
  if (stored?.refreshToken === undefined) continue;
  const { shop } = stored;
  const { session } = await shopify.auth.refreshToken({ shop, refreshToken: stored.refreshToken });
  await storage.storeSession(session);
  refreshed += 1;
}
await catalog.disconnect();
await storage.disconnect();
console.log(`Refreshed ${refreshed} tokens.`);
