import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startFakeShopify } from '../../demo/fake-shopify/index.js';
import { Keyring } from '../../src/index.js';
import { readableTokens, sealedTokens } from '../shopify/at-rest.js';
import { type LegacySignIn, startLegacyApp } from './legacy-app.js';
import { legacyStorages } from './legacy-storages.js';
import { Shopify } from './shopify-api-5.js';

const shop = 'legacy.myshopify.com';
const signIns = [
  { title: 'offline', online: false, embedded: false },
  { title: 'offline, embedded', online: false, embedded: true },
  { title: 'online', online: true, embedded: false },
  { title: 'online, embedded', online: true, embedded: true },
];

function newKeyring(): Keyring {
  return Keyring.parse(`2026-11:${randomBytes(32).toString('base64url')}`);
}

describe.each(Object.entries(legacyStorages))('shopify-api 5 on %s', (_, newStorage) => {
  const setUp = async (signIn: LegacySignIn) => {
    const shopify = await startFakeShopify();
    onTestFinished(() => shopify.close());
    const storage = newStorage({ keyring: newKeyring() });
    const app = await startLegacyApp({ shopify, signIn, ...storage });
    onTestFinished(() => app.close());
    return { ...storage, shopify, app };
  };

  test.each(signIns)('an app with $title tokens installs and calls Shopify', async (signIn) => {
    const { app } = await setUp(signIn);

    const installed = await app.install(shop);
    const page = await app.shopName(shop);

    expect(installed).toMatchObject({ status: 200, text: 'installed' });
    const access = signIn.online ? 'online' : 'offline';
    expect(page).toMatchObject({ status: 200, text: `${shop}, ${access}` });
  });

  test.each(signIns)(
    'no token of an app with $title tokens can be read at rest',
    async (signIn) => {
      const { app, shopify, contents } = await setUp(signIn);

      await app.install(shop);

      const bytes = Buffer.from(contents());
      expect(shopify.credentials.tokens).toHaveLength(1);
      expect(readableTokens(bytes, shopify.credentials.tokens)).toEqual([]);
      expect(sealedTokens(bytes)).toHaveLength(1);
    },
  );

  test('sessions are loaded as Sessions of the library', async () => {
    const { app, shopify, sessionStorage } = await setUp({ online: true, embedded: true });
    await app.install(shop);

    const id = Shopify.Auth.getJwtSessionId(shop, String(shopify.staffOf(shop).id));
    const session = await sessionStorage.loadSession(id);

    expect(session).toBeInstanceOf(Shopify.Session.Session);
    expect(session?.isActive()).toBe(true);
    expect(session?.expires).toBeInstanceOf(Date);
  });

  test('logging out deletes the session', async () => {
    const { app, contents } = await setUp({ online: true, embedded: false });
    await app.install(shop);

    expect(await app.logOut(shop)).toMatchObject({ status: 200, text: 'logged out' });

    expect(await app.shopName(shop)).toMatchObject({ status: 403 });
    expect(sealedTokens(Buffer.from(contents()))).toEqual([]);
  });

  test('uninstalling deletes every session of the shop', async () => {
    const { app, shopify, contents, sessionStorage } = await setUp({
      online: true,
      embedded: true,
    });
    await app.install(shop);

    expect((await shopify.uninstall(shop)).status).toBe(200);

    expect(await sessionStorage.findSessionsByShop?.(shop)).toEqual([]);
    expect(sealedTokens(Buffer.from(contents()))).toEqual([]);
  });
});

test('without encryption, the search finds the token of an app with shopify-api 5', async () => {
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  const sessionStorage = new Shopify.Session.MemorySessionStorage();
  const signIn = { online: false, embedded: false };
  const app = await startLegacyApp({ shopify, signIn, sessionStorage });
  onTestFinished(() => app.close());

  await app.install(shop);

  const bytes = Buffer.from(JSON.stringify(sessionStorage));
  expect(readableTokens(bytes, shopify.credentials.tokens)).toHaveLength(1);
});
