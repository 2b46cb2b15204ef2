// What happens to sessions in the life of an app, each as one flow. A flow asserts the same of an app
// whose storage is bare and of one whose storage is wrapped.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { expect } from 'vitest';
import type { FakeShopify } from '../../demo/fake-shopify/index.js';
import { newShop } from '../shopify/scene.js';
import type { FlowApp } from './flow-app.js';

/** What a flow is given: a Shopify, and apps over one store. */
export interface FlowScene {
  readonly shopify: FakeShopify;
  /** Looks into the store as the app does. */
  readonly sessionStorage: SessionStorage;
  /** Starts an instance of the app, with connections of its own. */
  start(options?: { readonly online: boolean; readonly oauth?: boolean }): Promise<FlowApp>;
}

/** A flow by its name. */
export type Flow = (scene: FlowScene) => Promise<void>;

const storedOf = async ({ sessionStorage }: FlowScene, shop: string) =>
  (await sessionStorage.findSessionsByShop(shop)).map(({ id }) => id).sort();

/** Offline tokens are due for a refresh as soon as they are issued. */
function shortLived({ shopify }: FlowScene): void {
  shopify.credentials.lifetimes.offline = 60;
}

async function exchange(scene: FlowScene, online: boolean): Promise<void> {
  const app = await scene.start({ online });
  const shop = newShop();
  const name = `${shop}, ${online ? 'online' : 'offline'}`;
  expect(await app.open(shop)).toMatchObject({ status: 200, text: name });
  const issued = scene.shopify.credentials.tokens.length;
  expect(issued).toBe(online ? 3 : 2);
  expect(await app.open(shop)).toMatchObject({ status: 200, text: name });
  expect(scene.shopify.credentials.tokens).toHaveLength(issued);
  expect(await storedOf(scene, shop)).toHaveLength(online ? 2 : 1);
}

async function remove(scene: FlowScene, topic: string): Promise<void> {
  const app = await scene.start({ online: true });
  const [shop, other] = [newShop(), newShop()];
  await app.open(shop);
  await app.open(other);
  expect(await storedOf(scene, shop)).toHaveLength(2);
  expect((await app.deliver(shop, topic)).status).toBe(200);
  expect(await storedOf(scene, shop)).toEqual([]);
  expect(await scene.sessionStorage.loadSession(`offline_${shop}`)).toBeUndefined();
  expect(await storedOf(scene, other)).toHaveLength(2);
  expect(await app.open(other)).toMatchObject({ status: 200 });
}

async function install(scene: FlowScene, online: boolean): Promise<void> {
  const app = await scene.start({ online, oauth: true });
  const shop = newShop();
  expect(await app.install?.(shop)).toMatchObject({ status: 200 });
  const name = `${shop}, ${online ? 'online' : 'offline'}`;
  expect(await app.open(shop)).toMatchObject({ status: 200, text: name });
  // Express obtains an offline token first in any case.
  expect(scene.shopify.credentials.tokens).toHaveLength(online ? 2 : 1);
  expect(await storedOf(scene, shop)).toHaveLength(online ? 2 : 1);
}

export const flows: Readonly<Record<string, Flow>> = {
  'OAuth, offline': (scene) => install(scene, false),

  'OAuth, online': (scene) => install(scene, true),

  'token exchange, offline': (scene) => exchange(scene, false),

  'token exchange, online': (scene) => exchange(scene, true),

  'unauthenticated.admin': async (scene) => {
    const app = await scene.start();
    const shop = newShop();
    await app.open(shop);
    expect(await app.background(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
    const stored = await scene.sessionStorage.loadSession(`offline_${shop}`);
    expect(scene.shopify.credentials.tokens).toContain(stored?.accessToken);
    expect(scene.shopify.credentials.tokens).toContain(stored?.refreshToken);
  },

  'refresh of an expiring token': async (scene) => {
    shortLived(scene);
    const app = await scene.start();
    const shop = newShop();
    await app.open(shop);
    for (let refresh = 1; refresh <= 3; refresh += 1) {
      expect(await app.background(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
      const stored = await scene.sessionStorage.loadSession(`offline_${shop}`);
      const newest = scene.shopify.credentials.tokens.slice(-2);
      expect([stored?.accessToken, stored?.refreshToken]).toEqual(newest);
    }
  },

  'refresh by two instances at once': async (scene) => {
    const shop = newShop();
    const apps = [await scene.start(), await scene.start()];
    await apps[0]?.open(shop);
    shortLived(scene);
    const stored = await scene.sessionStorage.loadSession(`offline_${shop}`);
    if (stored === undefined) throw new Error('The shop is not installed.');
    stored.expires = new Date(Date.now() + 60_000);
    await scene.sessionStorage.storeSession(stored);
    const answers = await Promise.all(apps.map((app) => app.background(shop)));
    // A refresh token is good once: one of the two may fail, and the app goes on with the other's.
    expect(answers.map(({ status }) => status)).toContain(200);
    for (const app of apps) expect(await app.background(shop)).toMatchObject({ status: 200 });
    expect(await storedOf(scene, shop)).toEqual([`offline_${shop}`]);
  },

  'a 401 makes the app obtain a new token': async (scene) => {
    const app = await scene.start();
    const shop = newShop();
    await app.open(shop);
    const before = await scene.sessionStorage.loadSession(`offline_${shop}`);
    scene.shopify.credentials.revoke(shop);
    await app.open(shop);
    expect(await app.open(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
    const after = await scene.sessionStorage.loadSession(`offline_${shop}`);
    expect(after?.accessToken).not.toBe(before?.accessToken);
  },

  'a 401 sends the merchant through OAuth again': async (scene) => {
    const app = await scene.start({ online: false, oauth: true });
    const shop = newShop();
    await app.install?.(shop);
    const before = await scene.sessionStorage.loadSession(`offline_${shop}`);
    scene.shopify.credentials.revoke(shop);
    expect(await app.open(shop)).toMatchObject({ status: 200, text: 'installed' });
    expect(await app.open(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
    const after = await scene.sessionStorage.loadSession(`offline_${shop}`);
    expect(after?.accessToken).not.toBe(before?.accessToken);
  },

  'a 401 is left to the app, which deletes the session': async (scene) => {
    const app = await scene.start();
    const shop = newShop();
    await app.open(shop);
    const before = await scene.sessionStorage.loadSession(`offline_${shop}`);
    scene.shopify.credentials.revoke(shop);
    expect(await app.open(shop)).toMatchObject({ status: 500 });
    expect(await app.open(shop)).toMatchObject({ status: 500 });
    const kept = await scene.sessionStorage.loadSession(`offline_${shop}`);
    expect(kept?.accessToken).toBe(before?.accessToken);
    await scene.sessionStorage.deleteSession(`offline_${shop}`);
    expect(await app.open(shop)).toMatchObject({ status: 200, text: `${shop}, offline` });
  },

  uninstall: (scene) => remove(scene, 'app/uninstalled'),

  'shop/redact': (scene) => remove(scene, 'shop/redact'),
};
