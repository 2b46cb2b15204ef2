import { expect, test } from 'vitest';
import { Browser } from '../../demo/fake-shopify/browser.js';
import { newKey, newShop, openScene } from './scene.js';
import { describeOverStores } from './stores.js';

const signIn = { online: true };

describeOverStores('The uninstall webhook', (open) => {
  test('deletes every session of the shop, and none of another', async () => {
    const { start, store } = await openScene(open);
    const app = await start(newKey('2026-11'), signIn);
    const [leaving, staying] = [newShop(), newShop()];
    const staff = new Browser();
    await app.install(leaving);
    await app.install(leaving);
    await app.install(staying, staff);
    const ids = (await store.bare.findSessionsByShop(leaving)).map(({ id }) => id);
    expect(ids).toHaveLength(3);

    const answer = await app.shopify.uninstall(leaving);

    expect(answer.status).toBe(200);
    expect(await store.bare.findSessionsByShop(leaving)).toEqual([]);
    expect(await Promise.all(ids.map((id) => store.bare.loadSession(id)))).toEqual(
      ids.map(() => undefined),
    );
    expect(await app.shopName(staying, staff)).toMatchObject({ status: 200 });
  });

  test('deletes sessions whose key is lost', async () => {
    const { start, store } = await openScene(open);
    const shop = newShop();
    await (await start(newKey('2026-05'), signIn)).install(shop);
    const app = await start(newKey('2026-11'), signIn);

    const answer = await app.shopify.uninstall(shop);

    expect(answer.status).toBe(200);
    expect(await store.bare.findSessionsByShop(shop)).toEqual([]);
  });
});
