// What all errors of this package have.
import { brand, isBranded } from './brand.js';

/** Where an error happened, as far as it is known. None of it is secret. */
export interface ErrorPlace {
  /** The `id` of the session. */
  readonly sessionId?: string | undefined;
  /** The sealed field, such as `accessToken` or `onlineAccessInfo.associated_user.email`. */
  readonly field?: string | undefined;
  /** The id of the key that sealed the token, or that is refused. */
  readonly kid?: string | undefined;
  /** The failure that led to this one. */
  readonly cause?: unknown;
}

/** What all errors of this package have. */
export abstract class BaseError extends Error {
  /** Stays the same across versions, and across copies of this package; messages may change. */
  abstract readonly code: string;
  /** That of the class, in a bundle too, where the class itself is renamed. */
  abstract override readonly name: string;
  declare readonly sessionId?: string;
  declare readonly field?: string;
  declare readonly kid?: string;

  constructor(message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    brand(this, 'error');
    if (place.sessionId !== undefined) this.sessionId = place.sessionId;
    if (place.field !== undefined) this.field = place.field;
    if (place.kid !== undefined) this.kid = place.kid;
  }

  /**
   * Makes `instanceof` hold for the errors of another copy of this package as well.
   *
   * @internal
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: every class inherits it, and is the one that is asked.
    return isInstance(this, value);
  }
}

function isInstance(asked: object, value: unknown): boolean {
  if (Function.prototype[Symbol.hasInstance].call(asked, value)) return true;
  if (!isBranded(value, 'error')) return false;
  if (asked === BaseError) return true;
  // A subclass of the app's has no code of its own: an error that it did not make is not of it.
  return Object.hasOwn(asked, 'code') && Reflect.get(asked, 'code') === (value as BaseError).code;
}
