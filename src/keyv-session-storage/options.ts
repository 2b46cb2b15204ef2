// The options of session storages that keep records: checked, with their defaults.
import {
  accepted,
  callback,
  checkedOptions,
  milliseconds,
  type OptionChecks,
  wholeNumber,
} from '../checked-options.js';
import { observerFrom } from '../observer-option.js';
import type { SessionLike } from '../session.js';
import type { StoreObserver } from '../store-access/index.js';
import type { SessionClass } from './installed-session.js';

/** How a `KeyvSessionStorage` behaves. */
export interface KeyvSessionStorageOptions<S extends SessionLike> {
  /**
   * The class of the sessions it hands out. Default: that of the session that was stored last through
   * this storage; before the first one, `Session` of the installed `@shopify/shopify-api`.
   */
  readonly Session?: SessionClass<S> | undefined;
  /** How long one call may take, whatever it sends to the store, in whole milliseconds. Default: 5000. */
  readonly deadline?: number | undefined;
  /** How long a session is kept after its last possible use, in whole milliseconds. Default: one day. */
  readonly gracePeriod?: number | undefined;
  /** What every key in the store starts with, after the namespace of a Keyv. Default: `shopify-session`. */
  readonly prefix?: string | undefined;
  /**
   * Is told of calls, waits, conflicts, retries, time-outs, dropped connections, and sessions of another shop.
   * Default: none.
   */
  readonly observer?: StoreObserver | undefined;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly Session: SessionClass<object> | undefined;
  readonly deadline: number;
  readonly gracePeriod: number;
  readonly prefix: string | undefined;
  readonly observer: StoreObserver | undefined;
}

const day = 24 * 60 * 60 * 1000;
/** So that every backend can count the milliseconds to the end of a session. */
const longestGracePeriod = 100 * 365 * day;

const isPrefix = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w.:-]{1,60}$/.test(value);

/** How each option is checked. */
export const recordOptionChecks: OptionChecks<ResolvedOptions> = {
  Session: callback<SessionClass<object>>(),
  deadline: milliseconds(5000),
  gracePeriod: wholeNumber(day, { from: 0, to: longestGracePeriod }),
  prefix: accepted(isPrefix, '1 to 60 of the characters A–Z a–z 0–9 . _ : -'),
  observer: observerFrom,
};

/** @throws OptionInvalidError if an option does not exist or its value is invalid. */
export function recordOptions(options: unknown): ResolvedOptions {
  return checkedOptions('KeyvSessionStorage', options, recordOptionChecks);
}
