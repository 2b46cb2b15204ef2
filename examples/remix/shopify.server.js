// The Remix template's `app/shopify.server`, with sessions in Redis.
import '@shopify/shopify-app-remix/adapters/node';
import { ApiVersion, AppDistribution, shopifyApp } from '@shopify/shopify-app-remix/server';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';

const shopify = shopifyApp({
  apiKey: process.env.SHOPIFY_API_KEY,
  apiSecretKey: process.env.SHOPIFY_API_SECRET || '',
  apiVersion: ApiVersion.July26,
  scopes: process.env.SCOPES?.split(','),
  appUrl: process.env.SHOPIFY_APP_URL || '',
  authPathPrefix: '/auth',
  sessionStorage: new EncryptedSessionStorage(new RedisSessionStorage(process.env.REDIS_URL)),
  distribution: AppDistribution.AppStore,
  future: { expiringOfflineAccessTokens: true, unstable_newEmbeddedAuthStrategy: true },
});

export default shopify;
export const authenticate = shopify.authenticate;
