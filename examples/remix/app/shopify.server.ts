import '@shopify/shopify-app-remix/adapters/node';
import { ApiVersion, AppDistribution, shopifyApp } from '@shopify/shopify-app-remix/server';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';

const redisUrl = process.env.REDIS_URL || 'redis://localhost:6379';

const shopify = shopifyApp({
  apiKey: process.env.SHOPIFY_API_KEY,
  apiSecretKey: process.env.SHOPIFY_API_SECRET || '',
  apiVersion: ApiVersion.July26,
  scopes: process.env.SCOPES?.split(','),
  appUrl: process.env.SHOPIFY_APP_URL || '',
  authPathPrefix: '/auth',
  // The line that changed; its keys are in SESSION_ENCRYPTION_KEYS.
  sessionStorage: new EncryptedSessionStorage(new RedisSessionStorage(redisUrl)),
  distribution: AppDistribution.AppStore,
  future: { expiringOfflineAccessTokens: true, unstable_newEmbeddedAuthStrategy: true },
});

export default shopify;
export const addDocumentResponseHeaders = shopify.addDocumentResponseHeaders;
export const authenticate = shopify.authenticate;
export const sessionStorage = shopify.sessionStorage;
