// The flows of apps on shopify-api 1 to 5, bare and wrapped, with the same assertions.
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { startFakeShopify } from '../../demo/fake-shopify/index.js';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { readableTokens } from '../shopify/at-rest.js';
import { newShop } from '../shopify/scene.js';
import { startLegacyApp } from '../shopify-api-5/legacy-app.js';
import { type LegacyShopify, legacyLibraries, loadLegacyLibrary } from './legacy-libraries.js';

/** Each makes an empty storage of the library. */
const storages = {
  MemorySessionStorage: ({ Session }: LegacyShopify) => {
    const storage = new Session.MemorySessionStorage();
    return { storage, contents: () => JSON.stringify(storage) };
  },
  'CustomSessionStorage over JSON': ({ Session }: LegacyShopify) => {
    const texts = new Map<string, string>();
    const storage = new Session.CustomSessionStorage(
      async (session) => Boolean(texts.set(session.id, JSON.stringify(session))),
      async (id) => JSON.parse(texts.get(id) ?? 'null') ?? undefined,
      async (id) => texts.delete(id),
      async (ids) => ids.map((id) => texts.delete(id)).every(Boolean),
      async (shop) => [...texts.values()].map((t) => JSON.parse(t)).filter((s) => s.shop === shop),
    );
    return { storage, contents: () => JSON.stringify([...texts]) };
  },
};

type Release = keyof typeof legacyLibraries;

async function run(
  { task }: Pick<TestContext, 'task'>,
  parts: { release: Release; storage: keyof typeof storages; online: boolean; isWrapped: boolean },
): Promise<void> {
  const { release, online, isWrapped } = parts;
  const library = loadLegacyLibrary(release);
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  const { storage, contents } = storages[parts.storage](library);
  const sessionStorage = isWrapped
    ? new EncryptedSessionStorage(storage, { keyring: Keyring.generate() })
    : storage;
  const signIn = { embedded: false, online };
  const app = await startLegacyApp({ shopify, signIn, sessionStorage, library });
  onTestFinished(() => app.close());

  const shop = newShop();
  const access = online ? 'online' : 'offline';
  expect(await app.install(shop)).toMatchObject({ status: 200, text: 'installed' });
  expect(await app.shopName(shop)).toMatchObject({ status: 200, text: `${shop}, ${access}` });
  const { tokens } = shopify.credentials;
  expect(tokens).toHaveLength(1);
  expect(readableTokens(Buffer.from(contents()), tokens)).toHaveLength(isWrapped ? 0 : 1);
  if (online) {
    expect(await app.logOut(shop)).toMatchObject({ status: 200 });
  } else {
    expect((await shopify.uninstall(shop)).status).toBe(200);
  }
  expect(await app.shopName(shop)).toMatchObject({ status: 403 });
  const flow = online ? 'OAuth, online, and logging out' : 'OAuth, offline, and uninstalling';
  Object.assign(task.meta, {
    flow: {
      ...{ framework: release, storage: parts.storage, flow, isWrapped },
      checks: expect.getState().assertionCalls,
    },
  });
}

const releases = Object.keys(legacyLibraries) as Release[];
const names = Object.keys(storages) as (keyof typeof storages)[];

for (const release of releases) {
  describe.each(names)(`${release}, %s`, (storage) => {
    for (const isWrapped of [false, true]) {
      const title = isWrapped ? 'wrapped' : 'bare';
      test(`${title}: OAuth, offline, and uninstalling`, (context) =>
        run(context, { release, storage, online: false, isWrapped }));
      test(`${title}: OAuth, online, and logging out`, (context) =>
        run(context, { release, storage, online: true, isWrapped }));
    }
  });
}
