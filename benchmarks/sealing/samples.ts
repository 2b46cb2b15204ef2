// The tokens and sessions that are sealed.
import { randomBytes } from 'node:crypto';
import { Session } from '@shopify/shopify-api';
import type { TokenContext } from '../../src/sealed-token/index.js';

/** How many samples there are. */
export const SAMPLES = 2048;

/** A token and the place that it belongs to. */
export interface Sample {
  readonly token: string;
  readonly place: TokenContext;
}

/** Tokens as Shopify makes them: `shpat_` and hexadecimal digits, of any length. */
export function token(length: number): string {
  const prefix = 'shpat_';
  return (
    prefix +
    randomBytes(length)
      .toString('hex')
      .slice(0, length - prefix.length)
  );
}

/** `SAMPLES` access tokens of `length` characters of as many shops. */
export function samples(length: number): Sample[] {
  return Array.from({ length: SAMPLES }, (_, index) => {
    const shop = `shop-${index}.myshopify.com`;
    return {
      token: token(length),
      place: { sessionId: `offline_${shop}`, shop, field: 'accessToken' },
    };
  });
}

/** An offline session with one token of 38 characters, as most apps have one for each shop. */
export function offlineSession(shop: string): Session {
  return new Session({
    id: `offline_${shop}`,
    shop,
    state: '',
    isOnline: false,
    scope: 'read_products,write_orders',
    accessToken: token(38),
  });
}

/** An online session with one token of 38 characters, of one of many members of a shop's staff. */
export function onlineSession(shop: string, user: number): Session {
  const tomorrow = new Date(Math.ceil(Date.now() / 1000) * 1000 + 86_400_000);
  return new Session({
    id: `${shop}_${user}`,
    shop,
    state: '',
    isOnline: true,
    scope: 'read_products,write_orders',
    accessToken: token(38),
    expires: tomorrow,
    onlineAccessInfo: {
      expires_in: 86_400,
      associated_user_scope: 'read_products',
      associated_user: {
        id: user,
        first_name: 'Ada',
        last_name: 'Lovelace',
        email: 'ada@example.com',
        email_verified: true,
        account_owner: false,
        locale: 'en',
        collaborator: false,
      },
    },
  });
}

/** The sample that belongs to a call. */
export function at<T>(list: readonly T[], call: number): T {
  const item = list[call % list.length];
  if (item === undefined) throw new RangeError('No samples');
  return item;
}
