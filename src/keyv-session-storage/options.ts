// The options of KeyvSessionStorage, checked: a misspelt option must not silently do nothing.
import { OptionInvalidError } from '../errors.js';
import type { SessionLike } from '../session.js';
import type { SessionClass } from './installed-session.js';

/** How a `KeyvSessionStorage` behaves. */
export interface KeyvSessionStorageOptions<S extends SessionLike> {
  /**
   * The class of the sessions it hands out. Default: that of the session that was stored last through
   * this storage; before the first one, `Session` of the installed `@shopify/shopify-api`.
   */
  readonly Session?: SessionClass<S>;
  /** How long one call to the store may take, in milliseconds. Default: 5000. */
  readonly deadline?: number;
  /** How long a session is kept after its last possible use, in milliseconds. Default: one day. */
  readonly gracePeriod?: number;
  /** What every key in the store starts with. Default: `shopify-session`. */
  readonly prefix?: string;
}

/** The options with their defaults. */
export interface ResolvedOptions {
  readonly Session: SessionClass<object> | undefined;
  readonly deadline: number;
  readonly gracePeriod: number;
  readonly prefix: string | undefined;
}

const names = ['Session', 'deadline', 'gracePeriod', 'prefix'];
/** What setTimeout can wait for at most. */
const longestDeadline = 2 ** 31 - 1;

/** @throws OptionInvalidError if an option does not exist or its value means nothing. */
export function resolveOptions(options: KeyvSessionStorageOptions<SessionLike>): ResolvedOptions {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new OptionInvalidError(
        `KeyvSessionStorage has no option "${name}". It has ${names.join(', ')}.`,
      );
    }
  }
  const { Session, deadline = 5000, gracePeriod = 24 * 60 * 60 * 1000, prefix } = options;
  if (!(Number.isFinite(deadline) && deadline > 0 && deadline <= longestDeadline)) {
    throw new OptionInvalidError('deadline must be a number of milliseconds above 0.');
  }
  if (!(Number.isFinite(gracePeriod) && gracePeriod >= 0)) {
    throw new OptionInvalidError('gracePeriod must be a number of milliseconds, 0 or more.');
  }
  if (prefix !== undefined && !/^[\w.:-]{1,60}$/.test(prefix)) {
    throw new OptionInvalidError('prefix must be 1 to 60 of the characters A–Z a–z 0–9 . _ : -');
  }
  if (Session !== undefined && typeof Session !== 'function') {
    throw new OptionInvalidError('Session must be a class.');
  }
  return { Session, deadline, gracePeriod, prefix };
}
