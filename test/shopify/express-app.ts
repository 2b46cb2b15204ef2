// A Shopify app on the real @shopify/shopify-app-express, served on this machine, with a session
// storage to be tested and the fake Shopify behind it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Browser, type Page } from '../../demo/fake-shopify/browser.js';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';

/** How an app signs in; all off is a non-embedded app with offline tokens and OAuth redirects. */
export interface SignIn {
  readonly embedded?: boolean;
  readonly online?: boolean;
  readonly tokenExchange?: boolean;
  readonly expiring?: boolean;
}

/** One app, one Shopify. */
export interface RunningApp {
  readonly shopify: FakeShopify;
  readonly url: string;
  /** Everything the Shopify libraries logged, at level debug. */
  readonly log: readonly string[];
  /** Opens the app in a browser without cookies and goes through OAuth to the end. */
  install(shop: string, browser?: Browser): Promise<Page>;
  /** Asks the app's API for the shop's name, which it gets from Shopify with the session's token. */
  shopName(shop: string, browser?: Browser): Promise<Page>;
  /** What a background job does: the shop's valid offline session, refreshed if need be. */
  offlineToken(shop: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts the app and its Shopify. Only one at a time in a process: there is one `fetch`. */
export async function startApp(
  sessionStorage: SessionStorage,
  signIn: SignIn = {},
): Promise<RunningApp> {
  const shopify = await startFakeShopify();
  routeShopifyTo(shopify.url);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hostName = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `http://${hostName}`;
  const log: string[] = [];
  const app = await connect(server, { hostName, shopify, sessionStorage, signIn, log });
  const tokenFor = (shop: string) => (signIn.embedded ? shopify.sessionToken(shop) : undefined);
  return {
    shopify,
    url,
    log,
    install: (shop, browser = new Browser()) => browser.visit(`${url}/api/auth?shop=${shop}`),
    shopName: (shop, browser = new Browser()) =>
      browser.visit(`${url}/api/shop-name`, tokenFor(shop)),
    offlineToken: async (shop) => (await app.ensureValidOfflineSession(shop))?.accessToken,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await shopify.close();
    },
  };
}

interface Parts {
  readonly hostName: string;
  readonly shopify: FakeShopify;
  readonly sessionStorage: SessionStorage;
  readonly signIn: SignIn;
  readonly log: string[];
}

async function connect(server: Server, parts: Parts) {
  // Imported only now, because shopify-api keeps the `fetch` that it finds when it is loaded.
  const { default: express } = await import('express');
  const { shopifyApp, ApiVersion } = await import('@shopify/shopify-app-express');
  const { apiKey, apiSecret, scopes } = parts.shopify.app;
  const {
    embedded = false,
    online = false,
    tokenExchange = false,
    expiring = false,
  } = parts.signIn;
  const shopify = shopifyApp({
    api: {
      apiKey,
      apiSecretKey: apiSecret,
      scopes: [...scopes],
      apiVersion: ApiVersion.July26,
      hostScheme: 'http',
      hostName: parts.hostName,
      isEmbeddedApp: embedded,
      logger: { level: 3, httpRequests: true, log: async (_, text) => void parts.log.push(text) },
    },
    auth: { path: '/api/auth', callbackPath: '/api/auth/callback' },
    webhooks: { path: '/api/webhooks' },
    sessionStorage: parts.sessionStorage,
    useOnlineTokens: online,
    future: { tokenExchange, expiringOfflineAccessTokens: expiring },
  });
  const app = express();
  app.get('/api/auth', shopify.auth.begin());
  app.get('/api/auth/callback', shopify.auth.callback(), shopify.redirectToShopifyOrAppRoot());
  app.post('/api/webhooks', shopify.processWebhooks({ webhookHandlers: {} }));
  app.get('/api/shop-name', shopify.validateAuthenticatedSession(), async (_request, response) => {
    const session: Session = response.locals['shopify'].session;
    const { data } = await new shopify.api.clients.Graphql({ session }).request(
      '{ shop { name } }',
    );
    response.send(data.shop.name);
  });
  app.get('/', (_request, response) => void response.send('installed'));
  server.on('request', app);
  return shopify;
}
