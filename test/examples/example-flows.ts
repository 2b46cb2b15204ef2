// What each example does once it is started, by the name of its folder. The same whether its packages are
// linked (`npm test`) or installed (`npm run test:everywhere`).
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { createClient } from 'redis';
import { expect, onTestFinished } from 'vitest';
import { Browser } from '../../demo/fake-shopify/browser.js';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';
import { EncryptedSessionStorage, generateKey, Keyring } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { type SharedServer, sharedServer } from '../servers/shared.js';
import { readableTokens, sealedTokens } from '../shopify/at-rest.js';
import { newShop } from '../shopify/scene.js';
import type { RunningExample } from './running-example.js';

/** Starts an example by the command of its README, until the test is over. */
export type Start = (
  environment?: Readonly<Record<string, string>>,
  shopify?: FakeShopify,
) => Promise<RunningExample>;

/** An example as it is tested. */
export interface ExampleFlow {
  /** What it is seen to do. */
  readonly does: string;
  readonly server?: SharedServer;
  /** Whether its packages are among those that tests have, so that it runs without an installation. */
  readonly linked: boolean;
  run(start: Start): Promise<void>;
}

/** What App Bridge does: the page asks the app, with a session token. */
function ask({ url, shopify }: RunningExample, path: string, shop: string): Promise<Response> {
  const authorization = `Bearer ${shopify.sessionToken(shop)}`;
  return fetch(`${url}${path}?shop=${shop}`, { headers: { authorization, ...browser } });
}

/** What the admin does: it shows the app's page in a frame. */
function openInAdmin({ url, shopify }: RunningExample, shop: string): Promise<Response> {
  const host = Buffer.from(`admin.shopify.com/store/${shop.split('.')[0]}`).toString('base64');
  const query = { shop, host, embedded: '1', id_token: shopify.sessionToken(shop) };
  return fetch(`${url}/app?${new URLSearchParams(query)}`, { headers: browser });
}

/** The frameworks answer bots with nothing. */
const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0' };

/** No token of Shopify can be read there, and as many are sealed, if not said otherwise. */
function expectSealed(
  contents: string,
  { shopify }: RunningExample,
  count = shopify.credentials.tokens.length,
): void {
  const { tokens } = shopify.credentials;
  const bytes = Buffer.from(contents);
  expect(tokens.length).toBeGreaterThan(0);
  expect(readableTokens(bytes, tokens)).toEqual([]);
  expect(sealedTokens(bytes)).toHaveLength(count);
}

async function postgresPlace(): Promise<Place> {
  const place = await officialPostgres.create(sharedServer('postgres') ?? '');
  onTestFinished(() => officialPostgres.drop(place));
  return place;
}

/** The page of an app in the admin, first by token exchange, then from the stored session. */
async function expectPage(app: RunningExample, shop: string): Promise<void> {
  const { tokens } = app.shopify.credentials;
  const open = async () => {
    const page = await openInAdmin(app, shop);
    expect(await page.text(), app.output()).toContain(`The shop is ${shop}, offline.`);
    expect(page.headers.get('content-security-policy')).toContain(`https://${shop}`);
    return tokens.length;
  };
  // The loaders of the two routes each exchange the session token: they run side by side.
  const issued = await open();
  expect(await open()).toBe(issued);
}

/** An access token, and a refresh token. */
const ofOneSession = 2;

async function callWebhook(app: RunningExample, shop: string): Promise<void> {
  const address = `${app.url}/webhooks/app/uninstalled`;
  const answer = await fetch(app.shopify.webhook(shop, 'app/uninstalled', address));
  expect(answer.status, app.output()).toBe(200);
}

/** All files below a folder, one after the other. */
async function contentsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

export const exampleFlows: Readonly<Record<string, ExampleFlow>> = {
  'express-postgresql': {
    does: 'installs through OAuth, calls Shopify, seals, and forgets',
    server: 'postgres',
    linked: true,
    async run(start) {
      const { database = '' } = await postgresPlace();
      const app = await start({ DATABASE_URL: database });
      routeShopifyTo(app.shopify.url);
      const shop = newShop();
      const page = await new Browser().visit(`${app.url}/api/auth?shop=${shop}`);
      expect(page.status, app.output()).toBeLessThan(400);
      const answer = await ask(app, '/api/shop', shop);
      expect(await answer.json()).toEqual({ name: `${shop}, offline` });
      const connection = await officialPostgres.connect({ database });
      onTestFinished(() => connection.close());
      expectSealed(await connection.raw(), app);
      expect((await app.shopify.uninstall(shop)).status).toBe(200);
      expect(sealedTokens(Buffer.from(await connection.raw()))).toEqual([]);
    },
  },

  'background-worker': {
    does: 'refreshes what ends soon, and nothing else',
    server: 'postgres',
    linked: true,
    async run(start) {
      const { database = '' } = await postgresPlace();
      const shopify = await startFakeShopify();
      onTestFinished(() => shopify.close());
      const keys = generateKey().text;
      const connection = await officialPostgres.connect({ database });
      onTestFinished(() => connection.close());
      const storage = new EncryptedSessionStorage(connection.storage, {
        keyring: Keyring.parse(keys),
      });
      const [soon, later] = [newShop(), newShop()];
      for (const [shop, seconds] of [
        [soon, 60],
        [later, 3_600],
      ] as const) {
        const issued = shopify.credentials.issue({ shop, scope: 'write_products' }, true);
        const session = Object.assign(expiringOfflineSession(shop), {
          accessToken: issued.access_token,
          refreshToken: issued.refresh_token,
          expires: new Date(Date.now() + seconds * 1_000),
        });
        await storage.storeSession(session);
      }
      const before = await storage.loadSession(`offline_${later}`);
      const worker = await start(
        { DATABASE_URL: database, SESSION_ENCRYPTION_KEYS: keys },
        shopify,
      );
      await worker.ended;
      expect(worker.output()).toContain('Refreshed 1 tokens.');
      const refreshed = await storage.loadSession(`offline_${soon}`);
      expect(refreshed?.accessToken).toBe(shopify.credentials.tokens.at(-2));
      expect(await storage.loadSession(`offline_${later}`)).toEqual(before);
    },
  },

  'react-router-prisma': {
    does: 'is built, exchanges a token, shows its page, seals, and forgets',
    linked: false,
    async run(start) {
      const app = await start({ SHOPIFY_APP_URL: 'https://app.example.com' });
      const shop = newShop();
      await expectPage(app, shop);
      const database = new Database(join(app.folder, 'prisma/dev.sqlite'), { readonly: true });
      onTestFinished(() => void database.close());
      const rows = () => JSON.stringify(database.prepare('SELECT * FROM Session').all());
      expectSealed(rows(), app, ofOneSession);
      await callWebhook(app, shop);
      expect(rows()).toBe('[]');
    },
  },

  remix: {
    does: 'is built, exchanges a token, shows its page, seals, and forgets',
    server: 'redis',
    linked: false,
    async run(start) {
      const url = sharedServer('redis') ?? '';
      const app = await start({ REDIS_URL: url, SHOPIFY_APP_URL: 'https://app.example.com' });
      const shop = newShop();
      await expectPage(app, shop);
      const client = await createClient({ url }).connect();
      onTestFinished(() => client.close());
      const record = () => client.get(`shopify_sessions_offline_${shop}`);
      expectSealed((await record()) ?? '', app, ofOneSession);
      await callWebhook(app, shop);
      expect(await record()).toBeNull();
    },
  },

  'legacy-context': {
    does: 'installs through OAuth and calls Shopify',
    linked: true,
    async run(start) {
      const app = await start();
      routeShopifyTo(app.shopify.url);
      const shop = newShop();
      const page = await new Browser().visit(`${app.url}/auth?shop=${shop}`);
      expect(page.text, app.output()).toBe(`{"name":"${shop}, offline"}`);
    },
  },

  'nestjs-jest': {
    does: 'passes its own test',
    linked: true,
    async run(start) {
      const jest = await start();
      expect(await jest.ended, jest.output()).toBe(0);
      expect(jest.output()).toContain('1 passed');
    },
  },

  'cloudflare-worker': {
    does: 'is bundled, exchanges a token, calls Shopify, and seals in KV',
    linked: true,
    async run(start) {
      const app = await start();
      const shop = newShop();
      const answer = await ask(app, '/', shop);
      expect(await answer.text(), app.output()).toBe(`{"name":"${shop}, offline"}`);
      const exited = once(app.process, 'exit');
      app.stop();
      await exited;
      expectSealed(await contentsOf(join(app.folder, 'build/kv')), app);
    },
  },
};
