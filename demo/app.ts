// A Shopify app as one would write it: the real @shopify/shopify-app-express, with the session
// storage that it is given. Nothing in it knows of encryption, or of the fake Shopify.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '@shopify/shopify-api';
import { ApiVersion, shopifyApp } from '@shopify/shopify-app-express';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import express from 'express';

/** What Shopify knows the app by. */
export interface Registration {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly scopes: readonly string[];
}

/** A running app: where it is, and how to stop it. */
export interface App {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves the app on this machine; on any free port if `listenOn` is 0. */
export async function startApp(
  registration: Registration,
  sessionStorage: SessionStorage,
  listenOn: number,
): Promise<App> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hostName = `127.0.0.1:${port}`;

  const shopify = shopifyApp({
    api: {
      apiKey: registration.apiKey,
      apiSecretKey: registration.apiSecret,
      scopes: [...registration.scopes],
      apiVersion: ApiVersion.July26,
      hostScheme: 'http',
      hostName,
      isEmbeddedApp: true,
      logger: { log: async () => {} },
    },
    auth: { path: '/api/auth', callbackPath: '/api/auth/callback' },
    webhooks: { path: '/api/webhooks' },
    sessionStorage,
    future: { expiringOfflineAccessTokens: true },
  });

  const app = express();
  app.get('/api/auth', shopify.auth.begin());
  app.get('/api/auth/callback', shopify.auth.callback(), shopify.redirectToShopifyOrAppRoot());
  app.post('/api/webhooks', shopify.processWebhooks({ webhookHandlers: {} }));
  app.get('/api/shop-name', shopify.validateAuthenticatedSession(), async (_, response) => {
    const { session } = (response.locals as { shopify: { session: Session } }).shopify;
    const client = new shopify.api.clients.Graphql({ session });
    const { data } = await client.request('{ shop { name } }');
    response.send(data.shop.name);
  });
  server.on('request', app);

  return {
    port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
