// Every error this package throws. Web frameworks show `error.message` to browsers, so a message
// names the session, the field and the key id, and carries nothing else of the key ring or the token.
// Of the store it says how it failed, and what mends that.

import { BaseError, type ErrorPlace } from './errors/base-error.js';
import type {
  KeyringInvalidError,
  KeyUnknownError,
  OptionInvalidError,
  SessionInvalidError,
  SessionMismatchError,
  TokenContextError,
  TokenPlaintextError,
  TokenUnreadableError,
} from './errors/session-errors.js';
import type {
  PackageMissingError,
  RecordUnreadableError,
  RunIncompleteError,
  StoreConflictError,
  StoreUnavailableError,
  ValueTooLongError,
} from './errors/store-errors.js';

export type { ErrorPlace } from './errors/base-error.js';
export * from './errors/session-errors.js';
export * from './errors/store-errors.js';

/** The errors of opening one sealed token. */
export type OpenTokenError = KeyUnknownError | TokenContextError | TokenUnreadableError;

/** Every error that this package throws. A `switch` on its `code` distinguishes them. */
export type AnySessionEncryptionError =
  | KeyringInvalidError
  | KeyUnknownError
  | OptionInvalidError
  | PackageMissingError
  | RecordUnreadableError
  | RunIncompleteError
  | SessionInvalidError
  | SessionMismatchError
  | StoreConflictError
  | StoreUnavailableError
  | TokenContextError
  | TokenPlaintextError
  | TokenUnreadableError
  | ValueTooLongError;

/** The stable `code` of every error that this package throws. */
export type SessionEncryptionErrorCode = AnySessionEncryptionError['code'];

/** An error of this package: one of {@link AnySessionEncryptionError}. */
export type SessionEncryptionError = AnySessionEncryptionError;

/**
 * The base class of every error that this package throws, whichever copy of it in the process does.
 * `instanceof` narrows to the union of them, and `switch (error.code)` narrows further.
 *
 * @example
 * if (error instanceof SessionEncryptionError) {
 *   switch (error.code) {
 *     case 'ERR_KEY_UNKNOWN':
 *       console.error(`Add key ${error.kid} back to the key ring.`);
 *       break;
 *     case 'ERR_STORE_UNAVAILABLE':
 *       console.error(error.mayHaveTakenEffect, error.cause);
 *   }
 * }
 */
export const SessionEncryptionError: abstract new (
  message: string,
  place?: ErrorPlace,
) => AnySessionEncryptionError =
  // The compiler cannot know that nothing but these extends it.
  BaseError as never;
