// Sessions as the Shopify libraries make them, with tokens of the length that Shopify issues.
import { randomBytes } from 'node:crypto';
import { Session } from '@shopify/shopify-api';

/** A token like Shopify's: a prefix such as `shpat` and 32 hexadecimal digits. */
export const token = (prefix: string): string => `${prefix}_${randomBytes(16).toString('hex')}`;

/** `seconds` from now, without milliseconds: SQL storages do not keep those. */
export const secondsFromNow = (seconds: number): Date =>
  new Date((Math.floor(Date.now() / 1_000) + seconds) * 1_000);

/** A session for the app itself, with a token that does not expire. */
export function offlineSession(shop: string, id = `offline_${shop}`): Session {
  return new Session({
    id,
    shop,
    state: '123456789012345',
    isOnline: false,
    scope: 'read_products,write_orders',
    accessToken: token('shpat'),
  });
}

/** A session for the app itself, with an expiring token and a refresh token. */
export function expiringOfflineSession(shop: string): Session {
  return new Session({
    ...offlineSession(shop).toObject(),
    expires: secondsFromNow(3_600),
    refreshToken: token('shprt'),
    refreshTokenExpires: secondsFromNow(90 * 86_400),
  });
}

/** A session for one staff member. */
export function onlineSession(shop: string, user: number): Session {
  return new Session({
    id: `${shop}_${user}`,
    shop,
    state: '123456789012345',
    isOnline: true,
    scope: 'read_products',
    accessToken: token('shpua'),
    expires: secondsFromNow(86_400),
    onlineAccessInfo: {
      expires_in: 86_400,
      associated_user_scope: 'read_products',
      associated_user: {
        id: user,
        first_name: 'Zoë',
        last_name: "O'Neill",
        email: `staff.${user}@example.com`,
        email_verified: true,
        account_owner: true,
        locale: 'fr-CA',
        collaborator: true,
      },
    },
  });
}

/** What storages keep of a session, in a form that compares. */
export const kept = (session: Session | undefined): unknown =>
  session && Object.fromEntries(session.toPropertyArray(true));

/** The tokens that a session carries. */
export const tokensOf = (session: Session): string[] =>
  [session.accessToken, session.refreshToken].filter((value) => value !== undefined);
