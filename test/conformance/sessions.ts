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

/** Sessions at the edges of what storages take, each with an id of its own; some refuse some of them. */
export function oddSessions(shop: string): Session[] {
  const changed = (id: string, changes: object, session = offlineSession(shop)) =>
    Object.assign(new Session({ ...session.toObject(), id }), changes);
  const user = (id: string, changes: object) => {
    const session = onlineSession(shop, 42);
    Object.assign(session.onlineAccessInfo?.associated_user ?? {}, changes);
    return changed(id, {}, session);
  };
  return [
    changed('long scope', { scope: 'write_products,'.repeat(300) }),
    changed('long token', { accessToken: token('shpat').repeat(200) }),
    changed('long refresh token', { refreshToken: token('shprt').repeat(200) }),
    changed('a token that is a JWT', { accessToken: 'eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln' }),
    changed('Unicode', { accessToken: 'größe-商店-🛍', state: '商店', scope: 'größe' }),
    changed('Mixed Case', { accessToken: 'ShPaT_aBcDeF', state: 'AbCdEf' }),
    changed('no scope', { scope: undefined }),
    changed('no expiry', { expires: null }),
    changed('last day', { expires: new Date('2037-12-31T23:59:59Z') }),
    changed('after 2038', { expires: new Date('2100-01-01T00:00:00Z') }),
    changed('extra properties', { plan: 'pro', nested: { list: [1, null, 'two'] } }),
    changed('expiring', {}, expiringOfflineSession(shop)),
    user('largest user id', { id: Number.MAX_SAFE_INTEGER }),
    user('Unicode user', { first_name: '🛍', last_name: '商店', email: 'größe@example.com' }),
    user('user without names', { first_name: '', last_name: '', email: '' }),
  ];
}

/** What storages keep of a session, in a form that compares. */
export const kept = (session: Session | undefined): unknown =>
  session && Object.fromEntries(session.toPropertyArray(true));

/** The tokens that a session carries. */
export const tokensOf = (session: Session): string[] =>
  [session.accessToken, session.refreshToken].filter((value) => value !== undefined);
