// What a flow needs of an app, whichever framework it is written with.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import type { FakeShopify } from '../../demo/fake-shopify/index.js';

/** What an app answers. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** How an app is set up. */
export interface FlowAppOptions {
  readonly shopify: FakeShopify;
  readonly sessionStorage: SessionStorage;
  readonly online: boolean;
  /** OAuth by redirects, with tokens that do not expire, instead of token exchange. */
  readonly oauth?: boolean;
}

/** A running app: unless `oauth`, it is embedded and has expiring offline tokens. */
export interface FlowApp {
  /** The merchant goes through OAuth. */
  install?(shop: string): Promise<Answer>;
  /** The merchant opens the app in the admin; its page asks for the shop's name. */
  open(shop: string): Promise<Answer>;
  /** A job without a merchant asks for the shop's name. */
  background(shop: string): Promise<Answer>;
  /** Shopify calls a webhook of the app. */
  deliver(shop: string, topic: string): Promise<Answer>;
  close(): Promise<void>;
}

/** A framework, and how an app of it is started. */
export interface Framework {
  readonly name: string;
  /** Flows that it cannot go through, wrapped or not. */
  readonly lacks: readonly string[];
  start(options: FlowAppOptions): Promise<FlowApp>;
}
