// An app on @shopify/shopify-app-express, served on this machine.
import { Browser } from '../../demo/fake-shopify/browser.js';
import { startApp } from '../shopify/express-app.js';
import type { Answer, FlowApp, FlowAppOptions, Framework } from './flow-app.js';

export const express: Framework = {
  name: 'Express 8',
  // With token exchange it keeps the token, and the route that called Shopify fails.
  lacks: ['a 401 makes the app obtain a new token'],
  async start({
    shopify,
    sessionStorage,
    online,
    oauth = false,
  }: FlowAppOptions): Promise<FlowApp> {
    const signIn = { embedded: !oauth, tokenExchange: !oauth, expiring: !oauth, online };
    const app = await startApp({ shopify, sessionStorage, signIn });
    const browser = new Browser();
    return {
      install: (shop) => app.install(shop, browser),
      open: (shop) => app.shopName(shop, browser),
      background: (shop) => askForName(shop, app.offlineToken(shop)),
      deliver: async (shop, topic) => {
        const response = await app.deliver(shop, topic);
        return { status: response.status, text: await response.text() };
      },
      close: () => app.close(),
    };
  },
};

async function askForName(shop: string, token: Promise<string | undefined>): Promise<Answer> {
  try {
    const response = await fetch(`https://${shop}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-access-token': String(await token),
      },
      body: JSON.stringify({ query: '{ shop { name } }' }),
    });
    const { data } = (await response.json()) as { data?: { shop: { name: string } } };
    return { status: response.status, text: String(data?.shop.name) };
  } catch (error) {
    return { status: 500, text: String(error) };
  }
}
