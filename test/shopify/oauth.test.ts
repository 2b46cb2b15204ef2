import { expect, test } from 'vitest';
import { Browser } from '../../demo/fake-shopify/browser.js';
import { readableTokens, sealedTokens } from './at-rest.js';
import { newKey, newShop, openScene } from './scene.js';
import { describeOverStores } from './stores.js';

const signIns = [
  { title: 'offline tokens', online: false, embedded: false, sealed: 1 },
  { title: 'offline tokens, embedded', online: false, embedded: true, sealed: 1 },
  { title: 'expiring offline tokens', online: false, embedded: true, expiring: true, sealed: 2 },
  // Express obtains an offline token first in any case.
  { title: 'online tokens', online: true, embedded: false, sealed: 2 },
  { title: 'online tokens, embedded', online: true, embedded: true, sealed: 2 },
];

describeOverStores('OAuth', (open) => {
  test.each(signIns)(
    'an app with $title installs, calls Shopify, and keeps no readable token',
    async (signIn) => {
      const { start, store } = await openScene(open);
      const app = await start(newKey('2026-11'), signIn);
      const shop = newShop();
      const browser = new Browser();

      await app.install(shop, browser);
      const page = await app.shopName(shop, browser);

      const access = signIn.online ? 'online' : 'offline';
      expect(page).toMatchObject({ status: 200, text: `${shop}, ${access}` });
      expect(app.shopify.credentials.tokens).toHaveLength(signIn.sealed);
      const contents = await store.contents();
      expect(readableTokens(contents, app.shopify.credentials.tokens)).toEqual([]);
      expect(sealedTokens(contents)).toHaveLength(signIn.sealed);
    },
  );

  test('the search for readable tokens finds those of an app without encryption', async () => {
    const { startUnencrypted, store } = await openScene(open);
    const app = await startUnencrypted({ online: true });
    await app.install(newShop());

    const { tokens } = app.shopify.credentials;
    expect(tokens).toHaveLength(2);
    expect(readableTokens(await store.contents(), tokens)).toEqual(tokens);
  });
});
