// What this package needs of a session and of a session storage. Structural on purpose: apps mix
// the ESM and the CommonJS copy of `Session`, and shopify-api 1 to 4 hand out plain objects.

/** The part of a Shopify session that is read or written here. Every release of shopify-api has it. */
export interface SessionLike {
  readonly id: string;
  shop: string;
  isOnline: boolean;
  expires?: Date | undefined;
  accessToken?: string | undefined;
}

/** What every session storage of shopify-api 1 to 15 has. */
// biome-ignore lint/suspicious/noExplicitAny: method parameters of any Session class must fit here
export interface SessionStorageLike<S = any> {
  storeSession(session: S): Promise<boolean>;
  loadSession(id: string): Promise<S | undefined>;
  deleteSession(id: string): Promise<boolean>;
  deleteSessions?(ids: string[]): Promise<boolean>;
  findSessionsByShop?(shop: string): Promise<S[]>;
}
