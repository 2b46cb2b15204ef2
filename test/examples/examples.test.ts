// The examples, each started by its own command, against the fake Shopify.
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Browser } from '../../demo/fake-shopify/browser.js';
import { routeShopifyTo } from '../../demo/fake-shopify/edge.js';
import { startFakeShopify } from '../../demo/fake-shopify/index.js';
import { EncryptedSessionStorage, generateKey, Keyring } from '../../src/index.js';
import type { Backend } from '../conformance/backend.js';
import { officialPostgres } from '../conformance/backends/official-postgres.js';
import { officialPrisma } from '../conformance/backends/official-prisma.js';
import { expiringOfflineSession } from '../conformance/sessions.js';
import { sharedServer } from '../servers/shared.js';
import { readableTokens, sealedTokens } from '../shopify/at-rest.js';
import { newShop } from '../shopify/scene.js';
import { createExamples, listening, type RunningExample, startExample } from './example-app.js';

let examples = '';
beforeAll(async () => {
  examples = await createExamples();
}, 300_000);

async function placeOf(backend: Backend) {
  const place = await backend.create(backend.server ? (sharedServer(backend.server) ?? '') : '');
  onTestFinished(() => backend.drop(place));
  return place;
}

/** What App Bridge does: the page asks the app, with a session token. */
function ask({ url, shopify }: RunningExample, path: string, shop: string): Promise<Response> {
  const authorization = `Bearer ${shopify.sessionToken(shop)}`;
  // The frameworks answer bots with nothing.
  const headers = { authorization, 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0' };
  return fetch(`${url}${path}?shop=${shop}`, { headers });
}

async function expectSealed(contents: string, tokens: readonly string[]): Promise<void> {
  const bytes = Buffer.from(contents);
  expect(readableTokens(bytes, tokens)).toEqual([]);
  expect(sealedTokens(bytes)).toHaveLength(tokens.length);
}

test('every example has a README of at most ten lines of text, and is tested here', async () => {
  const names = await readdir(join(process.cwd(), 'examples'));
  const tests = await readFile(new URL(import.meta.url), 'utf8');
  for (const name of names) {
    const readme = await readFile(join(process.cwd(), 'examples', name, 'README.md'), 'utf8');
    expect(readme.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(10);
    expect(tests).toContain(`'${name}'`);
  }
});

const postgres = sharedServer('postgres');
const redis = sharedServer('redis');

describe.skipIf(postgres === undefined)('over PostgreSQL', () => {
  test('express-postgresql installs through OAuth, calls Shopify, and seals', async () => {
    const { database = '' } = await placeOf(officialPostgres);
    const app = await startExample(examples, 'express-postgresql', { DATABASE_URL: database });
    await listening(app);
    routeShopifyTo(app.shopify.url);
    const shop = newShop();
    const page = await new Browser().visit(`${app.url}/api/auth?shop=${shop}`);
    expect(page.status, app.output()).toBeLessThan(400);
    const answer = await ask(app, '/api/shop', shop);
    expect(await answer.json()).toEqual({ name: `${shop}, offline` });
    const connection = await officialPostgres.connect({ database });
    onTestFinished(() => connection.close());
    await expectSealed(await connection.raw(), app.shopify.credentials.tokens);
    expect((await app.shopify.uninstall(shop)).status).toBe(200);
    expect(sealedTokens(Buffer.from(await connection.raw()))).toEqual([]);
  });

  test('background-worker refreshes what ends soon, and nothing else', async () => {
    const { database = '' } = await placeOf(officialPostgres);
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
    const environment = { DATABASE_URL: database, SESSION_ENCRYPTION_KEYS: keys };
    const worker = await startExample(examples, 'background-worker', environment, shopify);
    await once(worker.process, 'exit');
    expect(worker.output()).toContain('Refreshed 1 tokens.');
    const refreshed = await storage.loadSession(`offline_${soon}`);
    expect(refreshed?.accessToken).toBe(shopify.credentials.tokens.at(-2));
    expect(await storage.loadSession(`offline_${later}`)).toEqual(before);
  });
});

test('react-router-prisma exchanges a token, calls Shopify, seals, and forgets', async () => {
  const place = await placeOf(officialPrisma);
  const environment = { DATABASE_URL: `file:${join(place.folder ?? '', 'sessions.db')}` };
  const app = await startExample(examples, 'react-router-prisma', environment);
  await listening(app);
  const shop = newShop();
  const answer = await ask(app, '/app', shop);
  expect(await answer.text(), app.output()).toContain(`${shop}, offline`);
  const connection = await officialPrisma.connect(place);
  onTestFinished(() => connection.close());
  await expectSealed(await connection.raw(), app.shopify.credentials.tokens);
  const webhook = app.shopify.webhook(
    shop,
    'app/uninstalled',
    `${app.url}/webhooks/app/uninstalled`,
  );
  expect((await fetch(webhook)).status).toBe(200);
  expect(sealedTokens(Buffer.from(await connection.raw()))).toEqual([]);
});

test.skipIf(redis === undefined)(
  'remix exchanges a token, calls Shopify, and forgets',
  async () => {
    const app = await startExample(examples, 'remix', { REDIS_URL: redis ?? '' });
    await listening(app);
    const shop = newShop();
    const answer = await ask(app, '/app', shop);
    expect(await answer.text(), app.output()).toContain(`${shop}, offline`);
    const address = `${app.url}/webhooks/app/uninstalled`;
    expect((await fetch(app.shopify.webhook(shop, 'app/uninstalled', address))).status).toBe(200);
  },
);

test('legacy-context installs through OAuth and calls Shopify', async () => {
  const app = await startExample(examples, 'legacy-context');
  await listening(app);
  routeShopifyTo(app.shopify.url);
  const shop = newShop();
  const page = await new Browser().visit(`${app.url}/auth?shop=${shop}`);
  expect(page.text, app.output()).toBe(`{"name":"${shop}, offline"}`);
});

test('nestjs-jest passes its own test', async () => {
  const jest = await startExample(examples, 'nestjs-jest');
  const [code] = await once(jest.process, 'exit');
  expect(code, jest.output()).toBe(0);
  expect(jest.output()).toContain('1 passed');
});

test('cloudflare-worker is bundled, exchanges a token, and seals it in KV', async () => {
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  const build = await startExample(examples, 'cloudflare-worker', {}, shopify);
  const [code] = await once(build.process, 'exit');
  expect(code, build.output()).toBe(0);
  const runtime = new Miniflare({
    modules: true,
    scriptPath: join(examples, 'cloudflare-worker/build/worker.js'),
    compatibilityDate: '2025-11-01',
    kvNamespaces: ['SESSIONS'],
    bindings: {
      SHOPIFY_API_KEY: shopify.app.apiKey,
      SHOPIFY_API_SECRET: shopify.app.apiSecret,
      SESSION_ENCRYPTION_KEYS: generateKey().text,
    },
    // What the Worker asks of Shopify goes to the fake one.
    outboundService: async (request: {
      url: string;
      method: string;
      headers: Headers;
      text(): Promise<string>;
    }) => {
      routeShopifyTo(shopify.url);
      const headers = Object.fromEntries(request.headers);
      const body = request.method === 'POST' ? { body: await request.text() } : {};
      const answer = await fetch(request.url, { method: request.method, headers, ...body });
      return new Response(await answer.text(), {
        status: answer.status,
        headers: { 'content-type': 'application/json' },
      }) as never;
    },
  });
  onTestFinished(() => runtime.dispose());
  const shop = newShop();
  const authorization = `Bearer ${shopify.sessionToken(shop)}`;
  const answer = await runtime.dispatchFetch('https://worker.example.com/', {
    headers: { authorization },
  });
  expect(await answer.text()).toBe(`{"name":"${shop}, offline"}`);
  const namespace = (await runtime.getKVNamespace('SESSIONS')) as unknown as {
    get(key: string): Promise<string | null>;
  };
  await expectSealed((await namespace.get(`offline_${shop}`)) ?? '', shopify.credentials.tokens);
});
