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

/** A session that may be renewed: shopify-api 12 and later. */
export interface RenewableSession extends SessionLike {
  readonly refreshToken?: string | undefined;
  readonly refreshTokenExpires?: Date | undefined;
}

/**
 * The time after which a session is of no use, or `undefined` if there is none: an online session at
 * `expires`, an offline session at `refreshTokenExpires`, and never at `expires` while a refresh
 * token could renew it. An offline session that does not expire stays until the app is uninstalled.
 *
 * @returns Milliseconds since the epoch.
 */
export function lastUseOf(session: RenewableSession): number | undefined {
  const { isOnline, expires, refreshToken, refreshTokenExpires } = session;
  if (isOnline && !refreshToken) return expires ? Number(new Date(expires)) : undefined;
  if (!refreshTokenExpires) return undefined;
  return Math.max(Number(new Date(refreshTokenExpires)), Number(new Date(expires ?? 0)));
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
