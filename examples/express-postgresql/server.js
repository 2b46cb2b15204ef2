// An app on @shopify/shopify-app-express, with its sessions in PostgreSQL.
import { ApiVersion, shopifyApp } from '@shopify/shopify-app-express';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import express from 'express';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';

const { SHOPIFY_APP_URL, PORT, DATABASE_URL, SHOPIFY_API_KEY, SHOPIFY_API_SECRET } = process.env;
const host = new URL(SHOPIFY_APP_URL);

const shopify = shopifyApp({
  api: {
    apiKey: SHOPIFY_API_KEY,
    apiSecretKey: SHOPIFY_API_SECRET,
    apiVersion: ApiVersion.July26,
    scopes: ['write_products'],
    hostScheme: host.protocol.slice(0, -1),
    hostName: host.host,
    isEmbeddedApp: true,
  },
  auth: { path: '/api/auth', callbackPath: '/api/auth/callback' },
  webhooks: { path: '/api/webhooks' },
  // The line that changed; its keys are in SESSION_ENCRYPTION_KEYS.
  sessionStorage: new EncryptedSessionStorage(new PostgreSQLSessionStorage(DATABASE_URL)),
  future: { expiringOfflineAccessTokens: true },
});

const app = express();
app.get('/api/auth', shopify.auth.begin());
app.get('/api/auth/callback', shopify.auth.callback(), shopify.redirectToShopifyOrAppRoot());
app.post('/api/webhooks', shopify.processWebhooks({ webhookHandlers: {} }));
app.get('/api/shop', shopify.validateAuthenticatedSession(), async (_request, response) => {
  const client = new shopify.api.clients.Graphql({ session: response.locals.shopify.session });
  response.json((await client.request('{ shop { name } }')).data.shop);
});
app.listen(PORT, () => console.log(`Listening on ${SHOPIFY_APP_URL}`));
