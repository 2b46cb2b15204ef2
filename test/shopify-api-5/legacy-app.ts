// An app of the years of shopify-api 1 to 5, as their guides had it, with a session storage to be tested
// and the fake Shopify behind it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthQuery } from 'shopify-api-5';
import { Browser, type Page } from '../../demo/fake-shopify/browser.js';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import type { FakeShopify } from '../../demo/fake-shopify/index.js';
import type { LegacyShopify } from '../flows/legacy-libraries.js';
import {
  type LegacySession,
  type LegacySessionStorage,
  Shopify as Shopify5,
} from './shopify-api-5.js';

/** How the app signs in. */
export interface LegacySignIn {
  readonly embedded: boolean;
  readonly online: boolean;
}

/** What an app consists of. */
export interface LegacyAppParts {
  readonly shopify: FakeShopify;
  readonly sessionStorage: LegacySessionStorage;
  readonly signIn: LegacySignIn;
  /** The library. Default: shopify-api 5. */
  readonly library?: LegacyShopify;
}

/** An app that is being served. The methods answer with the last page that the browser saw. */
export interface LegacyApp {
  install(shop: string): Promise<Page>;
  shopName(shop: string): Promise<Page>;
  logOut(shop: string): Promise<Page>;
  close(): Promise<void>;
}

/** Starts the app. Only one at a time in a process: `Shopify.Context` is there once. */
export async function startLegacyApp(parts: LegacyAppParts): Promise<LegacyApp> {
  const { shopify, sessionStorage, signIn, library: Shopify = Shopify5 } = parts;
  routeShopifyTo(shopify.url);
  const server = createServer((request, response) => {
    answer(Shopify, signIn, request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error.message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hostName = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  Shopify.Context.initialize({
    API_KEY: shopify.app.apiKey,
    API_SECRET_KEY: shopify.app.apiSecret,
    SCOPES: [...shopify.app.scopes],
    HOST_NAME: hostName,
    HOST_SCHEME: 'http',
    API_VERSION: '2022-10' as Parameters<typeof Shopify.Context.initialize>[0]['API_VERSION'],
    IS_EMBEDDED_APP: signIn.embedded,
    SESSION_STORAGE: sessionStorage,
  });
  // Release 1 takes the handler with each registration.
  Shopify.Webhooks.Registry.addHandler?.('APP_UNINSTALLED', uninstallHandler(Shopify));
  const browser = new Browser();
  const tokenFor = (shop: string) => (signIn.embedded ? shopify.sessionToken(shop) : undefined);
  return {
    install: (shop) => browser.visit(`http://${hostName}/auth?shop=${shop}`),
    shopName: (shop) => browser.visit(`http://${hostName}/shop-name`, tokenFor(shop)),
    logOut: (shop) => browser.visit(`http://${hostName}/log-out`, tokenFor(shop)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  Shopify: LegacyShopify,
  { online }: LegacySignIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  switch (pathname) {
    case '/auth': {
      const shop = searchParams.get('shop') ?? '';
      return redirect(await Shopify.Auth.beginAuth(request, response, shop, '/callback', online));
    }
    case '/callback': {
      const query = Object.fromEntries(searchParams) as unknown as AuthQuery;
      // Release 1 answers with nothing.
      const session: LegacySession | undefined =
        (await Shopify.Auth.validateAuthCallback(request, response, query)) ??
        (await Shopify.Utils.loadOfflineSession(query.shop));
      if (session?.accessToken !== undefined) {
        await Shopify.Webhooks.Registry.register({
          ...uninstallHandler(Shopify),
          topic: 'APP_UNINSTALLED',
          shop: query.shop,
          accessToken: session.accessToken,
        });
      }
      return redirect('/');
    }
    case '/shop-name': {
      const session = await Shopify.Utils.loadCurrentSession(request, response, online);
      // What a CustomSessionStorage of release 1 to 4 hands out is not always a Session.
      if (session?.accessToken === undefined)
        return response.writeHead(403).end('no active session');
      const client = new Shopify.Clients.Graphql(session.shop, session.accessToken);
      const { body } = await client.query({ data: '{ shop { name } }' });
      return response.end((body as { data: { shop: { name: string } } }).data.shop.name);
    }
    case '/log-out':
      await Shopify.Utils.deleteCurrentSession(request, response, online);
      return response.end('logged out');
    case '/webhooks':
      return Shopify.Webhooks.Registry.process(request, response);
    default:
      return response.end('installed');
  }
}

/** Deletes the sessions of a shop that uninstalled the app, as far as the storage finds them. */
function uninstallHandler(Shopify: LegacyShopify) {
  return {
    path: '/webhooks',
    webhookHandler: async (_topic: string, shop: string) => {
      const storage = Shopify.Context.SESSION_STORAGE;
      const found = await storage.findSessionsByShop?.(shop);
      if (found !== undefined) await storage.deleteSessions?.(found.map(({ id }) => id));
      else await storage.deleteSession(Shopify.Auth.getOfflineSessionId(shop));
    },
  };
}
