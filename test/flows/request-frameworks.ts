// Apps on @shopify/shopify-app-react-router and on @shopify/shopify-app-remix, whose loaders and
// actions are functions of a request, as in Shopify's templates.
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import type { Answer, FlowApp, FlowAppOptions, Framework } from './flow-app.js';

/** Their embedded apps have token exchange only, and obtain a new token themselves after a 401. */
const lacks = [
  'OAuth, offline',
  'OAuth, online',
  'a 401 sends the merchant through OAuth again',
  'a 401 is left to the app, which deletes the session',
];
const appUrl = 'https://app.example.com';

export const reactRouter: Framework = {
  name: 'React Router 3',
  lacks,
  async start(options) {
    routeShopifyTo(options.shopify.url);
    await import('@shopify/shopify-app-react-router/adapters/node');
    return start(options, await import('@shopify/shopify-app-react-router/server'));
  },
};

export const remix: Framework = {
  name: 'Remix 6',
  lacks,
  async start(options) {
    routeShopifyTo(options.shopify.url);
    await import('@shopify/shopify-app-remix/adapters/node');
    return start(options, await import('@shopify/shopify-app-remix/server'));
  },
};

interface Admin {
  graphql(query: string): Promise<Response>;
}

/** What the two frameworks have in common. */
interface RequestApp {
  readonly authenticate: {
    admin(request: Request): Promise<{ admin: Admin }>;
    webhook(request: Request): Promise<{ shop: string; topic: string }>;
  };
  readonly unauthenticated: { admin(shop: string): Promise<{ admin: Admin }> };
}

interface Library {
  readonly AppDistribution: { readonly AppStore: string };
  readonly ApiVersion: { readonly July26: string };
  shopifyApp(config: object): unknown;
}

function start({ shopify, sessionStorage, online }: FlowAppOptions, library: object): FlowApp {
  const { AppDistribution, ApiVersion, shopifyApp } = library as Library;
  const app = shopifyApp({
    apiKey: shopify.app.apiKey,
    apiSecretKey: shopify.app.apiSecret,
    apiVersion: ApiVersion.July26,
    scopes: [...shopify.app.scopes],
    appUrl,
    authPathPrefix: '/auth',
    sessionStorage,
    distribution: AppDistribution.AppStore,
    useOnlineTokens: online,
    logger: { log: async () => {} },
    // Remix has token exchange behind a flag, as its template sets it.
    future: { expiringOfflineAccessTokens: true, unstable_newEmbeddedAuthStrategy: true },
  }) as RequestApp;

  return {
    open: (shop) =>
      answerOf(async () => {
        const headers = { authorization: `Bearer ${shopify.sessionToken(shop)}` };
        const request = new Request(`${appUrl}/app?shop=${shop}`, { headers });
        const { admin } = await app.authenticate.admin(request);
        return shopName(admin);
      }),
    background: (shop) =>
      answerOf(async () => shopName((await app.unauthenticated.admin(shop)).admin)),
    deliver: (shop, topic) =>
      answerOf(async () => {
        const request = shopify.webhook(shop, topic, `${appUrl}/webhooks`);
        // The action of the template: nothing of a shop is left when it goes.
        const webhook = await app.authenticate.webhook(request);
        const found = await sessionStorage.findSessionsByShop(webhook.shop);
        await sessionStorage.deleteSessions(found.map(({ id }) => id));
        return webhook.topic;
      }),
    close: async () => {},
  };
}

async function shopName(admin: Admin): Promise<string> {
  const response = await admin.graphql('{ shop { name } }');
  return ((await response.json()) as { data: { shop: { name: string } } }).data.shop.name;
}

/** Frameworks throw responses. */
async function answerOf(action: () => Promise<string>): Promise<Answer> {
  try {
    return { status: 200, text: await action() };
  } catch (thrown) {
    if (thrown instanceof Response) return { status: thrown.status, text: await thrown.text() };
    return { status: 500, text: String(thrown) };
  }
}
