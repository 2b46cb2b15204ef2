import { expect, test } from 'vitest';
import { readableTokens, sealedTokens } from './at-rest.js';
import type { RunningApp } from './express-app.js';
import { newKey, newShop, openScene } from './scene.js';
import { describeOverStores, type Store } from './stores.js';

const signIn = { embedded: true, expiring: true };

/** What of the tokens, their sealed form and the keys a browser or a log shows. */
async function leaked(shown: string, app: RunningApp, store: Store, keys: string[]) {
  const secrets = keys.map((key) => key.slice(key.indexOf(':') + 1));
  const sealed = sealedTokens(await store.contents()).flatMap((token) => token.split('..'));
  return [
    ...readableTokens(Buffer.from(shown), app.shopify.credentials.tokens),
    ...[...secrets, ...sealed].filter((secret) => shown.includes(secret)),
  ];
}

describeOverStores('A session that cannot be opened', (open) => {
  test('answers 500 and names session, field and key, but no secret, to browser and log', async () => {
    const { start, store } = await openScene(open);
    const keys = [newKey('2026-05'), newKey('2026-11')] as const;
    const shop = newShop();
    await (await start(keys[0], signIn)).install(shop);

    const app = await start(keys[1], signIn);
    const page = await app.shopName(shop);

    expect(page.status).toBe(500);
    for (const named of [`offline_${shop}`, 'accessToken', '2026-05']) {
      expect(page.text).toContain(named);
    }
    const shown = [page.text, ...app.log].join('\n');
    expect(await leaked(shown, app, store, [...keys])).toEqual([]);
  });

  test("answers 500 to the app's page as well, where Express shows the stack", async () => {
    const { start, store } = await openScene(open);
    const keys = [newKey('2026-05'), newKey('2026-11')] as const;
    const shop = newShop();
    const before = await start(keys[0], signIn);
    await before.install(shop);
    expect(await before.openPage(shop)).toMatchObject({ status: 200, text: 'the page' });

    const app = await start(keys[1], signIn);
    const page = await app.openPage(shop);

    expect(page.status).toBe(500);
    expect(await leaked([page.text, ...app.log].join('\n'), app, store, [...keys])).toEqual([]);
  });

  test('sends the merchant through OAuth again when it is to be forgotten', async () => {
    const { start } = await openScene(open);
    const shop = newShop();
    await (await start(newKey('2026-05'), signIn)).install(shop);
    const app = await start(newKey('2026-11'), signIn, { unreadable: 'forget' });

    const refused = await app.shopName(shop);
    await app.install(shop);

    expect(refused.status).toBe(403);
    expect(refused.headers.get('x-shopify-api-request-failure-reauthorize')).toBe('1');
    expect(await app.shopName(shop)).toMatchObject({ status: 200 });
  });

  test("never passes for another shop's: a token moved to its row is refused", async () => {
    const { start, store } = await openScene(open);
    const app = await start(newKey('2026-11'), signIn);
    const [victim, attacker] = [newShop(), newShop()];
    await app.install(victim);
    await app.install(attacker);

    const [from, to] = await Promise.all([
      store.bare.loadSession(`offline_${victim}`),
      store.bare.loadSession(`offline_${attacker}`),
    ]);
    if (from?.accessToken === undefined || to === undefined) throw new Error('not installed');
    to.accessToken = from.accessToken;
    await store.bare.storeSession(to);

    expect(await app.shopName(attacker)).toMatchObject({ status: 500 });
    expect(await app.shopName(victim)).toMatchObject({ status: 200 });
  });

  test('includes one with a plaintext token, unless the app is being migrated', async () => {
    const { start, startUnencrypted, store } = await openScene(open);
    const key = newKey('2026-11');
    const shop = newShop();
    await (await startUnencrypted(signIn)).install(shop);

    const strict = await start(key, signIn);
    const page = await strict.shopName(shop);

    expect(page.status).toBe(500);
    expect(await leaked([page.text, ...strict.log].join('\n'), strict, store, [key])).toEqual([]);
    const migrating = await start(key, signIn, { mode: 'migrate' });
    expect(await migrating.shopName(shop)).toMatchObject({ status: 200 });
  });
});
