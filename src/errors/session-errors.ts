// Errors about keys, tokens, sessions and options.
import { BaseError } from './base-error.js';

/**
 * The keys in the environment, a file or a JWK Set cannot be used. The message says which and why.
 *
 * @example
 * try {
 *   Keyring.fromEnv();
 * } catch (error) {
 *   if (error instanceof KeyringInvalidError) console.error(error.message, error.kid);
 * }
 */
export class KeyringInvalidError extends BaseError {
  static readonly code = 'ERR_KEYRING_INVALID';
  readonly code = KeyringInvalidError.code;
  override readonly name = 'KeyringInvalidError';
}

/**
 * A token is sealed with a key (`kid`) that the key ring does not hold.
 *
 * @example
 * if (error instanceof KeyUnknownError) console.error(`Add key ${error.kid} back to the key ring.`);
 */
export class KeyUnknownError extends BaseError {
  static readonly code = 'ERR_KEY_UNKNOWN';
  readonly code = KeyUnknownError.code;
  override readonly name = 'KeyUnknownError';
}

/**
 * A sealed token is damaged, cut short, tampered with, or not of a form that this package seals.
 *
 * @example
 * if (error instanceof TokenUnreadableError) console.error(error.sessionId, error.field, error.kid);
 */
export class TokenUnreadableError extends BaseError {
  static readonly code = 'ERR_TOKEN_UNREADABLE';
  readonly code = TokenUnreadableError.code;
  override readonly name = 'TokenUnreadableError';
}

/**
 * A sealed token belongs to another session, shop or field: it was moved.
 *
 * @example
 * if (error instanceof TokenContextError) console.error(`${error.sessionId}: who moved its ${error.field}?`);
 */
export class TokenContextError extends BaseError {
  static readonly code = 'ERR_TOKEN_CONTEXT';
  readonly code = TokenContextError.code;
  override readonly name = 'TokenContextError';
}

/**
 * A token in the store is plaintext, and `mode` is `strict`.
 *
 * @example
 * if (error instanceof TokenPlaintextError) console.error(`${error.sessionId}: who wrote its ${error.field}?`);
 */
export class TokenPlaintextError extends BaseError {
  static readonly code = 'ERR_TOKEN_PLAINTEXT';
  readonly code = TokenPlaintextError.code;
  override readonly name = 'TokenPlaintextError';
}

/**
 * The storage answered with a session other than the one that was requested.
 *
 * @example
 * if (error instanceof SessionMismatchError) console.error(`${error.sessionId}: look into the store.`);
 */
export class SessionMismatchError extends BaseError {
  static readonly code = 'ERR_SESSION_MISMATCH';
  readonly code = SessionMismatchError.code;
  override readonly name = 'SessionMismatchError';
}

/**
 * A session cannot be stored as it is: it has no usable `id` or `shop`, a field of a wrong type, or one
 * for which the store has no column, or whose column does not take its value.
 *
 * @example
 * if (error instanceof SessionInvalidError) console.error(`Not stored: ${error.message}`);
 */
export class SessionInvalidError extends BaseError {
  static readonly code = 'ERR_SESSION_INVALID';
  readonly code = SessionInvalidError.code;
  override readonly name = 'SessionInvalidError';
}

/**
 * An option, an environment variable or a store URL is invalid.
 *
 * @example
 * if (error instanceof OptionInvalidError) console.error(`Wrong configuration: ${error.message}`);
 */
export class OptionInvalidError extends BaseError {
  static readonly code = 'ERR_OPTION_INVALID';
  readonly code = OptionInvalidError.code;
  override readonly name = 'OptionInvalidError';
}
