// Which sessions list and delete are about, and what is known of each without opening any to people.

import { isDate } from '../foreign-object.js';
import {
  inspectSession,
  type Keyring,
  OptionInvalidError,
  type SessionLike,
  type TokenInspection,
} from '../index.js';
import { isKid } from '../key-ring/internal.js';
import { isSameShop } from '../same-shop.js';
import type { Arguments, CommandOption } from './command.js';
import { shopOf } from './shop-option.js';

export const selectionOptions: Readonly<Record<string, CommandOption>> = {
  'session-id': { value: 'ID', help: ['The session with this id.'] },
  kid: {
    value: 'ID',
    help: [
      'Sessions that hold something sealed with this key, in the key ring or not; a damaged token',
      'counts for the key that it still names.',
    ],
  },
  shop: { value: 'SHOP', help: ['Sessions of this shop, such as a.myshopify.com.'] },
  plaintext: { help: ['Sessions with a token that is not sealed.'] },
  unreadable: { help: ['Sessions with something that this key ring does not open.'] },
};

/** One session, as far as it is shown. Nothing in it is secret. */
export interface ListedSession {
  readonly id: string;
  /** Missing where the session has none. */
  readonly shop: string | undefined;
  readonly online: boolean;
  readonly expires: string | undefined;
  readonly kids: readonly string[];
  readonly state: 'sealed' | 'plaintext' | 'unreadable' | 'no tokens';
  /** The codes of the errors with which its tokens do not open. */
  readonly codes: readonly string[];
}

export interface Selection {
  /** Whether anything is selected at all. */
  readonly isAll: boolean;
  /** Why no session may have been selected. */
  readonly whyNone: readonly string[];
  /** What is known of a session; undefined if it is not selected. */
  select(session: SessionLike): Promise<ListedSession | undefined>;
}

/** @throws {OptionInvalidError} --kid is not a key id, or --shop not a domain. Neither is repeated. */
export function selectionOf(given: Arguments, keyring: Keyring): Selection {
  const [kid, shop] = [given.value('kid'), shopOf(given)?.toLowerCase()];
  const id = given.value('session-id');
  const [plaintext, unreadable] = [given.flag('plaintext'), given.flag('unreadable')];
  if (kid !== undefined && !isKid(kid)) {
    throw new OptionInvalidError('--kid must be a key id: 1 to 32 of A-Z a-z 0-9 . _ -.');
  }
  return {
    isAll: [id, kid, shop].every((value) => value === undefined) && !plaintext && !unreadable,
    whyNone: [
      ...(shop === undefined || shop.includes('.')
        ? []
        : [`No session has this shop. Shops are stored as ${shop}.myshopify.com.`]),
      ...(kid === undefined || keyring.kids.includes(kid)
        ? []
        : [`The key ring has no key ${kid}.`]),
    ],
    async select(session) {
      if (id !== undefined && String(session.id) !== id) return undefined;
      if (shop !== undefined && !isSameShop(session.shop, shop)) return undefined;
      const fields = await inspectSession(session, keyring);
      const isWanted =
        (kid === undefined || fields.some(({ header }) => header?.kid === kid)) &&
        (!plaintext || fields.some(({ state }) => state === 'plaintext')) &&
        (!unreadable || fields.some(isUnreadable));
      return isWanted ? describe(session, fields) : undefined;
    },
  };
}

function describe(session: SessionLike, fields: readonly TokenInspection[]): ListedSession {
  const { shop, expires } = session as { shop?: unknown; expires?: unknown };
  return {
    id: String(session.id),
    shop: typeof shop === 'string' ? shop : undefined,
    online: Reflect.get(session, 'isOnline') === true,
    expires:
      isDate(expires) && !Number.isNaN(expires.getTime()) ? expires.toISOString() : undefined,
    kids: distinct(fields.map(({ header }) => header?.kid)),
    state: stateOf(fields),
    codes: distinct(fields.map((field) => (isUnreadable(field) ? field.code : undefined))),
  };
}

/** The worst state of its fields. */
function stateOf(fields: readonly TokenInspection[]): ListedSession['state'] {
  if (fields.some(isUnreadable)) return 'unreadable';
  if (fields.some(({ state }) => state === 'plaintext')) return 'plaintext';
  return fields.length === 0 ? 'no tokens' : 'sealed';
}

function isUnreadable({ state, opens }: TokenInspection): boolean {
  return state !== 'plaintext' && !opens;
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
