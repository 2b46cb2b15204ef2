// The stage of the demo: a fake Shopify, a merchant with a browser, and a folder for databases.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Browser, type Page } from './fake-shopify/browser.js';
import { routeShopifyTo } from './fake-shopify/edge.js';
import { startFakeShopify } from './fake-shopify/index.js';

// *.myshopify.com is a stand-in on this machine. Everything on this side of it is the real thing.
const shopify = await startFakeShopify();
routeShopifyTo(shopify.url);
const { startApp } = await import('./app.js');
const folder = await mkdtemp(join(tmpdir(), 'session-encryption-demo-'));

/** Where the app listens, the same after a restart; 0 until it was started for the first time. */
let port = 0;

/** What can be done with the running app. */
export interface Act {
  /** A merchant opens the app, is sent to Shopify, agrees, and comes back. */
  install(shop: string): Promise<Page>;
  /** The app's page in the shop's admin asks the app for something that only Shopify knows. */
  shopName(shop: string): Promise<Page>;
  /** The merchant removes the app; Shopify voids the tokens and calls the app's webhook. */
  uninstall(shop: string): Promise<Response>;
}

/** A running app, until it is closed. */
export interface OpenApp extends Act {
  readonly port: number;
  close(): Promise<void>;
}

type Storage = SessionStorage & { disconnect?(): Promise<unknown> };

/** Runs the app on a session storage for as long as `act` takes, always on the same port. */
export async function runApp(
  sessionStorage: Storage,
  act: (app: Act) => Promise<void>,
): Promise<void> {
  const app = await openApp(sessionStorage, port);
  port = app.port;
  try {
    await act(app);
  } finally {
    await app.close();
  }
}

/** Starts the app on a session storage; on any free port if `listenOn` is 0. */
export async function openApp(sessionStorage: Storage, listenOn = 0): Promise<OpenApp> {
  const app = await startApp(shopify.app, sessionStorage, listenOn);
  const url = `http://127.0.0.1:${app.port}/api`;
  return {
    port: app.port,
    install: (shop) => new Browser().visit(`${url}/auth?shop=${shop}`),
    shopName: (shop) => new Browser().visit(`${url}/shop-name`, shopify.sessionToken(shop)),
    uninstall: (shop) => shopify.uninstall(shop),
    async close() {
      await app.stop();
      await sessionStorage.disconnect?.();
    },
  };
}

/** Runs `story` and returns the tokens that Shopify handed out during it. */
export async function tokensIssuedBy(story: () => Promise<unknown>): Promise<string[]> {
  const { tokens } = shopify.credentials;
  const before = tokens.length;
  await story();
  return tokens.slice(before);
}

/** A database file in a folder of its own. */
export async function newDatabaseFile(name: string): Promise<string> {
  await mkdir(join(folder, name));
  return join(folder, name, 'sessions.db');
}

/** Removes everything. */
export async function clear(): Promise<void> {
  await shopify.close();
  await rm(folder, { recursive: true });
}
