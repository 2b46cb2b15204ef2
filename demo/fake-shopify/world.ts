// What the fake Shopify knows: one app, any number of shops, their webhooks and their credentials.
import { Credentials, randomStaffMember, type StaffMember } from './credentials.js';

/** The app as it is registered with Shopify. */
export interface RegisteredApp {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly scopes: readonly string[];
}

/** A request to `https://{shop}{path}`. */
export interface ShopifyRequest {
  readonly shop: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** An answer; a `body` is sent as JSON. */
export interface ShopifyReply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Shops come into being when first asked about; each has one staff member. */
export class ShopifyWorld {
  readonly credentials = new Credentials();
  readonly #staff = new Map<string, StaffMember>();
  readonly #webhooks = new Map<string, Map<string, string>>();

  constructor(readonly app: RegisteredApp) {}

  staffOf(shop: string): StaffMember {
    const known = this.#staff.get(shop) ?? randomStaffMember();
    this.#staff.set(shop, known);
    return known;
  }

  /** The callback addresses of a shop's webhooks, by topic (`APP_UNINSTALLED`). */
  webhooksOf(shop: string): Map<string, string> {
    const known = this.#webhooks.get(shop) ?? new Map<string, string>();
    this.#webhooks.set(shop, known);
    return known;
  }
}
