// Sessions by number, whose tokens say which session they are of and which of its refreshes made
// them. So it can be told of any two tokens of a session which one is newer.
import { Session } from '@shopify/shopify-api';

export const shopOf = (session: number): string => `shop-${session}.myshopify.com`;

export const idOf = (session: number): string => `offline_${shopOf(session)}`;

const digits = (session: number, refresh: number) =>
  session.toString(16).padStart(8, '0') + refresh.toString(16).padStart(24, '0');

/** The tokens that a refresh of a session obtains, of the length of Shopify's. */
export const tokensOf = (session: number, refresh: number) => ({
  accessToken: `shpat_${digits(session, refresh)}`,
  refreshToken: `shprt_${digits(session, refresh)}`,
});

/** A session as it is first stored, with the tokens of refresh 0. */
export const newSession = (session: number): Session =>
  new Session({
    id: idOf(session),
    shop: shopOf(session),
    state: '123456789012345',
    isOnline: false,
    scope: 'read_products',
    expires: secondsFromNow(3_600),
    refreshTokenExpires: secondsFromNow(90 * 86_400),
    ...tokensOf(session, 0),
  });

/** Which refresh made the tokens of a session; undefined unless both are of one and of this session. */
export function refreshOf(session: number, stored: Session | undefined): number | undefined {
  const refresh = Number.parseInt(stored?.accessToken?.slice(-24) ?? '', 16);
  const tokens = tokensOf(session, refresh);
  const same =
    stored?.accessToken === tokens.accessToken && stored.refreshToken === tokens.refreshToken;
  return same ? refresh : undefined;
}

const secondsFromNow = (seconds: number) =>
  new Date((Math.floor(Date.now() / 1_000) + seconds) * 1_000);
