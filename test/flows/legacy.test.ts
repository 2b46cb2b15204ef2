// The flows of apps on shopify-api 1 to 5, bare and wrapped, with the same assertions.
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { startFakeShopify } from '../../demo/fake-shopify/index.js';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { readableTokens } from '../shopify/at-rest.js';
import { newShop } from '../shopify/scene.js';
import { startLegacyApp } from '../shopify-api-5/legacy-app.js';
import {
  type LegacyStorage,
  legacyFlows,
  legacyStorageNames,
  legacyStorages,
  type Release,
  releases,
} from './legacy-flows.js';
import { loadLegacyLibrary } from './legacy-libraries.js';

async function run(
  { task }: Pick<TestContext, 'task'>,
  parts: {
    release: Release;
    storage: LegacyStorage;
    flow: string;
    online: boolean;
    isWrapped: boolean;
  },
): Promise<void> {
  const { release, flow, online, isWrapped } = parts;
  const library = loadLegacyLibrary(release);
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  const { storage, contents } = legacyStorages[parts.storage](library);
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
  Object.assign(task.meta, {
    flow: {
      ...{ framework: release, storage: parts.storage, flow, isWrapped },
      checks: expect.getState().assertionCalls,
    },
  });
}

for (const release of releases) {
  describe.each(legacyStorageNames)(`${release}, %s`, (storage) => {
    for (const isWrapped of [false, true]) {
      const title = isWrapped ? 'wrapped' : 'bare';
      for (const [flow, online] of Object.entries(legacyFlows)) {
        test(`${title}: ${flow}`, (context) =>
          run(context, { release, storage, flow, online, isWrapped }));
      }
    }
  });
}
