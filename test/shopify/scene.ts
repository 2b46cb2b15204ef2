// A store, keys and an app over them, for one test; all of it goes away when the test is over.
import { randomBytes } from 'node:crypto';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { onTestFinished } from 'vitest';
import { type FakeShopify, startFakeShopify } from '../../demo/fake-shopify/index.js';
import { type EncryptedSessionStorageOptions, Keyring } from '../../src/index.js';
import { type RunningApp, type SignIn, startApp } from './express-app.js';
import type { Store } from './stores.js';

/** The text of a new key, as in `SESSION_ENCRYPTION_KEYS`. */
export function newKey(kid: string): string {
  return `${kid}:${randomBytes(32).toString('base64url')}`;
}

/** A shop that no other test knows. */
export function newShop(): string {
  return `shop-${randomBytes(6).toString('hex')}.myshopify.com`;
}

/** One store, one Shopify, and an app that can be started again with other keys or options. */
export interface Scene {
  readonly store: Store;
  readonly shopify: FakeShopify;
  /** Starts the app with these keys; the one that ran before is stopped. */
  start(keys: string, signIn?: SignIn, options?: Options): Promise<RunningApp>;
  /** Starts the app as it is without us. */
  startUnencrypted(signIn?: SignIn): Promise<RunningApp>;
}

type Options = Omit<EncryptedSessionStorageOptions, 'keyring'>;

/** Sets a scene for the running test. */
export async function openScene(open: () => Promise<Store>): Promise<Scene> {
  const store = await open();
  onTestFinished(() => store.remove());
  const shopify = await startFakeShopify();
  onTestFinished(() => shopify.close());
  let app: RunningApp | undefined;
  onTestFinished(() => app?.close());
  const restart = async (sessionStorage: SessionStorage, signIn: SignIn = {}) => {
    await app?.close();
    app = await startApp({ shopify, sessionStorage, signIn, port: app?.port });
    return app;
  };
  return {
    store,
    shopify,
    start: (keys, signIn, options) =>
      restart(store.encrypted({ ...options, keyring: Keyring.parse(keys) }), signIn),
    startUnencrypted: (signIn) => restart(store.bare, signIn),
  };
}
