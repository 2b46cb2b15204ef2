// A fake Shopify, for the demo and the tests: `*.myshopify.com` in one local HTTP server.
//
// It stands in for Shopify at the HTTP edge and nowhere else: the Shopify libraries, the app and
// the session storage under test are the real ones, and `edge.ts` sends their requests here. It
// speaks only the part of Shopify's protocols that they use. It is stricter than Shopify in one
// point: a refresh token is good exactly once, so that a lost update shows.
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphql } from './admin-api.js';
import type { Credentials, StaffMember } from './credentials.js';
import { withoutTls } from './local-app.js';
import { accessToken, authorize } from './oauth.js';
import { signSessionToken, signWebhook } from './signatures.js';
import {
  type RegisteredApp,
  type ShopifyReply,
  type ShopifyRequest,
  ShopifyWorld,
} from './world.js';

export type { StaffMember } from './credentials.js';
export type { RegisteredApp } from './world.js';

/** The header in which `edge.ts` passes on the host that a request was meant for. */
export const SHOP_HEADER = 'x-fake-shopify-host';

/** A running fake Shopify, with one app registered. */
export interface FakeShopify {
  /** Where it listens, such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly app: RegisteredApp;
  readonly credentials: Credentials;
  /** The shop's one staff member. */
  staffOf(shop: string): StaffMember;
  /** The shop's registered webhooks: topic (`APP_UNINSTALLED`) to address. */
  webhooksOf(shop: string): ReadonlyMap<string, string>;
  /** A new session token, as App Bridge gives one to the app's page in the shop's admin. */
  sessionToken(shop: string): string;
  /** The request with which Shopify calls a webhook (`app/uninstalled`) at an address, signed. */
  webhook(shop: string, topic: string, address: string): Request;
  /** The merchant removes the app: every token is void, and the app's webhook is called. */
  uninstall(shop: string): Promise<Response>;
  close(): Promise<void>;
}

/** Starts a fake Shopify on a free port of this machine. */
export async function startFakeShopify(
  scopes: readonly string[] = ['write_products'],
): Promise<FakeShopify> {
  const app = { apiKey: randomBytes(16).toString('hex'), apiSecret: randomUUID(), scopes };
  const world = new ShopifyWorld(app);
  const server = createServer(async (incoming, outgoing) => {
    const reply = await answer(world, incoming);
    outgoing.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    outgoing.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    app,
    credentials: world.credentials,
    staffOf: (shop) => world.staffOf(shop),
    webhooksOf: (shop) => world.webhooksOf(shop),
    sessionToken: (shop) =>
      signSessionToken(app.apiSecret, { ...app, shop, userId: world.staffOf(shop).id }),
    webhook: (shop, topic, address) => webhookRequest(world, shop, topic, address),
    uninstall: (shop) => uninstall(world, shop),
    close,
  };
}

async function answer(world: ShopifyWorld, incoming: IncomingMessage): Promise<ShopifyReply> {
  try {
    const request = await read(incoming);
    const endpoint = `${request.method} ${request.path}`;
    if (endpoint === 'GET /admin/oauth/authorize') return authorize(world, request);
    if (endpoint === 'POST /admin/oauth/access_token') return accessToken(world, request);
    if (/^POST \/admin\/api\/[^/]+\/graphql\.json$/.test(endpoint)) return graphql(world, request);
    return { status: 404, body: { errors: 'Not Found' } };
  } catch {
    return { status: 400, body: { errors: 'Bad Request' } };
  }
}

async function read(incoming: IncomingMessage): Promise<ShopifyRequest> {
  let body = '';
  for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
  const shop = String(incoming.headers[SHOP_HEADER]);
  const url = new URL(incoming.url ?? '/', `https://${shop}`);
  const { method = 'GET', headers } = incoming;
  return { shop, method, path: url.pathname, query: url.searchParams, headers, body };
}

async function uninstall(world: ShopifyWorld, shop: string): Promise<Response> {
  const webhooks = world.webhooksOf(shop);
  const address = webhooks.get('APP_UNINSTALLED');
  if (address === undefined) throw new Error(`${shop}: the app registered no uninstall webhook`);
  world.credentials.revoke(shop);
  webhooks.clear();
  return fetch(webhookRequest(world, shop, 'app/uninstalled', address));
}

function webhookRequest(world: ShopifyWorld, shop: string, topic: string, address: string) {
  const body = JSON.stringify({ domain: shop });
  return new Request(withoutTls(address), {
    method: 'POST',
    headers: {
      connection: 'close',
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': shop,
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-hmac-sha256': signWebhook(world.app.apiSecret, body),
    },
    body,
  });
}
