// A Shopify app on the real @shopify/shopify-app-express, served on this machine, with a session
// storage to be tested and the fake Shopify behind it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Session } from '@shopify/shopify-api';
import type { WebhookHandlersParam } from '@shopify/shopify-app-express';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Browser, type Page } from '../../demo/fake-shopify/browser.js';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import type { FakeShopify } from '../../demo/fake-shopify/index.js';

/** How an app signs in; all off is a non-embedded app with offline tokens and OAuth redirects. */
export interface SignIn {
  readonly embedded?: boolean;
  readonly online?: boolean;
  readonly tokenExchange?: boolean;
  readonly expiring?: boolean;
}

/** What an app consists of. */
export interface AppParts {
  readonly shopify: FakeShopify;
  readonly sessionStorage: SessionStorage;
  readonly signIn: SignIn;
  /** Where the app listened before a restart; any free port otherwise. */
  readonly port?: number | undefined;
}

/** An app that is being served. */
export interface RunningApp {
  readonly shopify: FakeShopify;
  readonly sessionStorage: SessionStorage;
  readonly port: number;
  /** Everything the Shopify libraries logged, at level debug. */
  readonly log: readonly string[];
  /** Opens the app in a browser, without cookies unless one is given, and goes through OAuth. */
  install(shop: string, browser?: Browser): Promise<Page>;
  /** Asks the app's API for the shop's name, which it gets from Shopify with the session's token. */
  shopName(shop: string, browser?: Browser): Promise<Page>;
  /** Opens the app's page in the shop's admin, as the merchant does. */
  openPage(shop: string): Promise<Page>;
  /** What a background job does: the token of the shop's offline session, refreshed if need be. */
  offlineToken(shop: string): Promise<string | undefined>;
  /** Shopify calls a webhook of the app. */
  deliver(shop: string, topic: string): Promise<Response>;
  close(): Promise<void>;
}

/** Starts an app. All apps of a process talk to one Shopify at a time, since there is one `fetch`. */
export async function startApp(parts: AppParts): Promise<RunningApp> {
  const { shopify, signIn } = parts;
  routeShopifyTo(shopify.url);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(parts.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const hostName = `127.0.0.1:${port}`;
  const log: string[] = [];
  const app = await connect(server, hostName, parts, log);
  const tokenFor = (shop: string) => (signIn.embedded ? shopify.sessionToken(shop) : undefined);
  return {
    shopify,
    sessionStorage: parts.sessionStorage,
    port,
    log,
    install: (shop, browser = new Browser()) =>
      browser.visit(`http://${hostName}/api/auth?shop=${shop}`),
    shopName: (shop, browser = new Browser()) =>
      browser.visit(`http://${hostName}/api/shop-name`, tokenFor(shop)),
    openPage: (shop) => {
      const host = Buffer.from(`${shop}/admin`).toString('base64');
      const query = new URLSearchParams({ shop, host, embedded: '1' });
      return new Browser().visit(`http://${hostName}/page?${query}`);
    },
    offlineToken: async (shop) => (await app.ensureValidOfflineSession(shop))?.accessToken,
    deliver: (shop, topic) =>
      fetch(shopify.webhook(shop, topic, `http://${hostName}/api/webhooks`)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connect(server: Server, hostName: string, parts: AppParts, log: string[]) {
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
      hostName,
      isEmbeddedApp: embedded,
      logger: { level: 3, httpRequests: true, log: async (_, text) => void log.push(text) },
    },
    auth: { path: '/api/auth', callbackPath: '/api/auth/callback' },
    webhooks: { path: '/api/webhooks' },
    sessionStorage: parts.sessionStorage,
    useOnlineTokens: online,
    future: { tokenExchange, expiringOfflineAccessTokens: expiring },
    // OAuth registers webhooks by itself, token exchange leaves it to the app.
    hooks: {
      afterAuth: async ({ session }): Promise<void> => {
        if (tokenExchange) await shopify.registerWebhooks({ session });
      },
    },
  });
  const app = express();
  app.get('/api/auth', shopify.auth.begin());
  app.get('/api/auth/callback', shopify.auth.callback(), shopify.redirectToShopifyOrAppRoot());
  app.post(
    '/api/webhooks',
    shopify.processWebhooks({ webhookHandlers: webhookHandlers(parts.sessionStorage) }),
  );
  app.get('/api/shop-name', shopify.validateAuthenticatedSession(), async (_request, response) => {
    const {
      shopify: { session },
    } = response.locals as { shopify: { session: Session } };
    const { data } = await new shopify.api.clients.Graphql({ session }).request(
      '{ shop { name } }',
    );
    response.send(data.shop.name);
  });
  app.get('/page', shopify.ensureInstalledOnShop(), (_request, response) => {
    response.send('the page');
  });
  app.get('/', (_request, response) => void response.send('installed'));
  server.on('request', app);
  return shopify;
}

/** Of an uninstallation the library takes care itself. */
function webhookHandlers(sessionStorage: SessionStorage): WebhookHandlersParam {
  return {
    SHOP_REDACT: {
      deliveryMethod: 'http' as never,
      callbackUrl: '/api/webhooks',
      callback: async (_topic, shop) => {
        const found = await sessionStorage.findSessionsByShop(shop);
        await sessionStorage.deleteSessions(found.map(({ id }) => id));
      },
    },
  };
}
