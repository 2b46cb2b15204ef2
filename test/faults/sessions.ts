// The sessions of the fault tests: each says in its token which session, and which write of it, it is.
import { Session } from '@shopify/shopify-api';

/** Few, so that many callers change the same shop's sessions at once. */
export const shops = ['first', 'second', 'third'].map((name) => `${name}.myshopify.com`);

interface Place {
  readonly id: string;
  readonly shop: string;
}

/** A session as write `number` stores it. */
export function sessionOf({ id, shop }: Place, number: number): Session {
  return new Session({
    id,
    shop,
    state: 'state',
    isOnline: false,
    scope: 'read_products',
    accessToken: `${number} of ${id}`,
  });
}

/** The number of the write that `session` is from; undefined if it is not the session at `place`. */
export function writeIn(
  session: { id: string; shop: string; accessToken?: string | undefined },
  { id, shop }: Place,
): number | undefined {
  if (session.id !== id || session.shop !== shop) return undefined;
  const [number, rest] = String(session.accessToken).split(' of ');
  return rest === id ? Number(number) : undefined;
}
