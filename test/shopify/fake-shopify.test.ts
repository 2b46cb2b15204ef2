import { expect, onTestFinished, test } from 'vitest';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';
import { newShop } from './scene.js';

// The flows prove something only because the fake Shopify refuses what Shopify would refuse.

async function start(): Promise<FakeShopify> {
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  routeShopifyTo(shopify.url);
  return shopify;
}

function postJson(url: string, body: object, headers: Record<string, string> = {}) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function requestToken({ app }: FakeShopify, shop: string, request: object) {
  const client = { client_id: app.apiKey, client_secret: app.apiSecret };
  return postJson(`https://${shop}/admin/oauth/access_token`, { ...client, ...request });
}

async function askForName(shop: string, token: unknown): Promise<number> {
  const headers = { 'x-shopify-access-token': String(token) };
  const query = '{ shop { name } }';
  const url = `https://${shop}/admin/api/2026-07/graphql.json`;
  return (await postJson(url, { query }, headers)).status;
}

test('a code is good once, and only in its shop', async () => {
  const shopify = await start();
  const shop = newShop();
  const code = shopify.credentials.code({ shop, scope: 'write_products' });

  expect((await requestToken(shopify, newShop(), { code })).status).toBe(400);
  expect((await requestToken(shopify, shop, { code })).status).toBe(200);
  expect((await requestToken(shopify, shop, { code })).status).toBe(400);
});

test('a code is good only with the secret of the app', async () => {
  const shopify = await start();
  const shop = newShop();
  const code = shopify.credentials.code({ shop, scope: 'write_products' });

  const refused = await requestToken(shopify, shop, { code, client_secret: 'another' });

  expect(refused.status).toBe(401);
});

test('a refresh token is good once, and voids the access token that it came with', async () => {
  const shopify = await start();
  const shop = newShop();
  const { access_token, refresh_token } = shopify.credentials.issue({ shop, scope: '' }, true);
  const refresh = { grant_type: 'refresh_token', refresh_token };

  expect((await requestToken(shopify, shop, refresh)).status).toBe(200);
  expect((await requestToken(shopify, shop, refresh)).status).toBe(401);
  expect(await askForName(shop, access_token)).toBe(401);
});

test('an access token is good in its shop, until it expires or is revoked', async () => {
  const shopify = await start();
  const { credentials } = shopify;
  const shop = newShop();
  const grant = { shop, scope: 'write_products' };
  const { access_token: lasting } = credentials.issue(grant, false);
  credentials.lifetimes.offline = 0;
  const { access_token: expired } = credentials.issue(grant, true);

  expect(await askForName(shop, lasting)).toBe(200);
  expect(await askForName(newShop(), lasting)).toBe(401);
  expect(await askForName(shop, expired)).toBe(401);
  expect(await askForName(shop, 'shpat_made_up')).toBe(401);
  credentials.revoke(shop);
  expect(await askForName(shop, lasting)).toBe(401);
});

test('a session token is good for its shop, with the signature of the app', async () => {
  const shopify = await start();
  const shop = newShop();
  const exchange = (subject_token: string) =>
    requestToken(shopify, shop, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token,
    });
  const own = shopify.sessionToken(shop);

  expect((await exchange(own)).status).toBe(200);
  expect((await exchange(shopify.sessionToken(newShop()))).status).toBe(400);
  expect((await exchange(`${own.slice(0, own.lastIndexOf('.'))}.AAAA`)).status).toBe(400);
});
