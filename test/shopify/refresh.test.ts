import { expect, test } from 'vitest';
import { readableTokens } from './at-rest.js';
import { newKey, newShop, openScene, type Scene } from './scene.js';
import { describeOverStores } from './stores.js';

const signIn = { embedded: true, expiring: true };

/** Shopify's offline tokens are due for renewal as soon as they are issued. */
function withShortLivedTokens(scene: Scene): Scene {
  scene.shopify.credentials.lifetimes.offline = 60;
  return scene;
}

describeOverStores('Expiring offline tokens', (open) => {
  test('are refreshed with the stored refresh token, time after time', async () => {
    const { start, store, shopify } = withShortLivedTokens(await openScene(open));
    const app = await start(newKey('2026-11'), signIn);
    const shop = newShop();
    await app.install(shop);

    for (let request = 0; request < 3; request += 1) {
      expect(await app.shopName(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
    }

    // One pair from the installation, one from each request; a refresh token is good once.
    expect(shopify.credentials.tokens).toHaveLength(8);
    expect(readableTokens(await store.contents(), shopify.credentials.tokens)).toEqual([]);
  });

  test('are refreshed by a background job, and the app goes on with the new one', async () => {
    const { start, shopify } = withShortLivedTokens(await openScene(open));
    const app = await start(newKey('2026-11'), signIn);
    const shop = newShop();
    await app.install(shop);

    const token = await app.offlineToken(shop);

    expect(token === shopify.credentials.tokens.at(-2)).toBe(true);
    expect(await app.shopName(shop)).toMatchObject({ status: 200 });
  });

  test('are sealed with a new primary key at the next refresh', async () => {
    const { start, shopify } = withShortLivedTokens(await openScene(open));
    const [oldKey, newerKey] = [newKey('2026-05'), newKey('2026-11')];
    const shop = newShop();
    await (await start(oldKey, signIn)).install(shop);

    await (await start(`${newerKey},${oldKey}`, signIn)).shopName(shop);
    const app = await start(newerKey, signIn);

    expect(await app.shopName(shop)).toMatchObject({ status: 200 });
    expect(shopify.credentials.tokens).toHaveLength(6);
  });

  test('of an app that ran without encryption are sealed at the next refresh', async () => {
    const { start, startUnencrypted, store, shopify } = withShortLivedTokens(await openScene(open));
    const shop = newShop();
    await (await startUnencrypted(signIn)).install(shop);
    expect(readableTokens(await store.contents(), shopify.credentials.tokens)).toHaveLength(2);

    const app = await start(newKey('2026-11'), signIn, { mode: 'migrate' });
    expect(await app.shopName(shop)).toMatchObject({ status: 200 });

    const now = shopify.credentials.tokens.slice(2);
    expect(readableTokens(await store.contents(), now)).toEqual([]);
  });

  test('are written as plaintext after a rollback, for the app without encryption', async () => {
    const { start, startUnencrypted, shopify } = withShortLivedTokens(await openScene(open));
    const key = newKey('2026-11');
    const shop = newShop();
    await (await start(key, signIn)).install(shop);
    await (await start(key, signIn, { mode: 'rollback' })).shopName(shop);

    const app = await startUnencrypted(signIn);

    expect(await app.shopName(shop)).toMatchObject({ status: 200 });
    expect(shopify.credentials.tokens).toHaveLength(6);
  });
});
