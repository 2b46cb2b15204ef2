import { expect, test } from 'vitest';
import { newKey, newShop, openScene } from './scene.js';
import { describeOverStores } from './stores.js';

const signIn = { online: true, embedded: true };

describeOverStores('With userInfo, a staff member', (open) => {
  test('has no readable name or email at rest, and the app still knows them', async () => {
    const { start, store, shopify } = await openScene(open);
    const key = newKey('2026-11');
    const shop = newShop();
    const app = await start(key, signIn, { userInfo: true });
    await app.install(shop);

    const { id, first_name, last_name, email } = shopify.staffOf(shop);
    const contents = await store.contents();
    expect([first_name, last_name, email].filter((name) => contents.includes(name))).toEqual([]);
    const session = await app.sessionStorage.loadSession(`${shop}_${id}`);
    const user = session?.onlineAccessInfo?.associated_user;
    expect(user).toMatchObject({ id, first_name, last_name, email });
    expect(await app.shopName(shop)).toMatchObject({ status: 200 });
  });

  test('can be read at rest without it, as the documentation says', async () => {
    const { start, store, shopify } = await openScene(open);
    const shop = newShop();
    await (await start(newKey('2026-11'), signIn)).install(shop);

    expect((await store.contents()).includes(shopify.staffOf(shop).email)).toBe(true);
  });
});
