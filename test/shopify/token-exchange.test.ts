import { expect, test } from 'vitest';
import { readableTokens, sealedTokens } from './at-rest.js';
import { newKey, newShop, openScene } from './scene.js';
import { describeOverStores } from './stores.js';

const signIns = [
  { title: 'offline tokens', online: false, expiring: false, sealed: 1 },
  { title: 'expiring offline tokens', online: false, expiring: true, sealed: 2 },
  { title: 'online tokens', online: true, expiring: true, sealed: 3 },
].map((signIn) => ({ ...signIn, embedded: true, tokenExchange: true }));

describeOverStores('Token exchange', (open) => {
  test.each(signIns)('$title are exchanged once, then loaded; none can be read', async (signIn) => {
    const { start, store, shopify } = await openScene(open);
    const app = await start(newKey('2026-11'), signIn);
    const shop = newShop();

    const first = await app.shopName(shop);
    const second = await app.shopName(shop);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(`${shop}, ${signIn.online ? 'online' : 'offline'}`);
    expect(shopify.credentials.tokens).toHaveLength(signIn.sealed);
    const contents = await store.contents();
    expect(readableTokens(contents, shopify.credentials.tokens)).toEqual([]);
    expect(sealedTokens(contents)).toHaveLength(signIn.sealed);
  });

  test('obtains new tokens when the key is lost and unreadable sessions are forgotten', async () => {
    const { start } = await openScene(open);
    const signIn = { embedded: true, tokenExchange: true, expiring: true };
    const shop = newShop();
    await (await start(newKey('2026-05'), signIn)).shopName(shop);

    const newest = newKey('2026-11');
    const app = await start(newest, signIn, { unreadable: 'forget' });
    expect(await app.shopName(shop)).toMatchObject({ status: 200 });

    // Healed for good: the session opens again without forgetting anything.
    const strict = await start(newest, signIn);
    expect(await strict.shopName(shop)).toMatchObject({ status: 200 });
  });
});
