// Every error this package throws. Web frameworks show `error.message` to browsers, so a message
// names the session, the field and the key id, and carries nothing else of the key ring, the token
// or the store.

/** The stable `code` of every error that this package throws. */
export type SessionEncryptionErrorCode =
  | 'ERR_KEYRING_INVALID'
  | 'ERR_KEY_UNKNOWN'
  | 'ERR_OPTION_INVALID'
  | 'ERR_PACKAGE_MISSING'
  | 'ERR_RECORD_UNREADABLE'
  | 'ERR_RUN_INCOMPLETE'
  | 'ERR_SESSION_INVALID'
  | 'ERR_SESSION_MISMATCH'
  | 'ERR_STORE_CONFLICT'
  | 'ERR_STORE_UNAVAILABLE'
  | 'ERR_TOKEN_CONTEXT'
  | 'ERR_TOKEN_PLAINTEXT'
  | 'ERR_TOKEN_UNREADABLE'
  | 'ERR_VALUE_TOO_LONG';

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

/**
 * The base class of every error this package throws. Tell errors apart by `code`, which stays the
 * same across versions and across the ESM and CommonJS copies of a class; messages may change.
 *
 * @example
 * try {
 *   await sessionStorage.loadSession(id);
 * } catch (error) {
 *   if (error instanceof SessionEncryptionError && error.code === 'ERR_KEY_UNKNOWN') {
 *     console.error(`Add key ${error.kid} back to the key ring.`);
 *   }
 *   throw error;
 * }
 */
export abstract class SessionEncryptionError extends Error {
  abstract readonly code: SessionEncryptionErrorCode;
  declare readonly sessionId?: string;
  declare readonly field?: string;
  declare readonly kid?: string;

  constructor(message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = new.target.name;
    if (place.sessionId !== undefined) this.sessionId = place.sessionId;
    if (place.field !== undefined) this.field = place.field;
    if (place.kid !== undefined) this.kid = place.kid;
  }
}

/** The keys in the environment, a file or a JWK Set cannot be used. The message says which and why. */
export class KeyringInvalidError extends SessionEncryptionError {
  readonly code = 'ERR_KEYRING_INVALID';
}

/** A token is sealed with a key (`kid`) that the key ring does not hold. */
export class KeyUnknownError extends SessionEncryptionError {
  readonly code = 'ERR_KEY_UNKNOWN';
}

/** A sealed token is damaged, cut short, tampered with, or not of a form that this package seals. */
export class TokenUnreadableError extends SessionEncryptionError {
  readonly code = 'ERR_TOKEN_UNREADABLE';
}

/** A sealed token belongs to another session, shop or field: it was moved. */
export class TokenContextError extends SessionEncryptionError {
  readonly code = 'ERR_TOKEN_CONTEXT';
}

/** A token in the store is plaintext, and `mode` is `strict`. */
export class TokenPlaintextError extends SessionEncryptionError {
  readonly code = 'ERR_TOKEN_PLAINTEXT';
}

/** The storage answered with a session other than the one that was asked for. */
export class SessionMismatchError extends SessionEncryptionError {
  readonly code = 'ERR_SESSION_MISMATCH';
}

/** A session cannot be stored as it is: it has no usable `id` or `shop`, or a field of a wrong type. */
export class SessionInvalidError extends SessionEncryptionError {
  readonly code = 'ERR_SESSION_INVALID';
}

/** An option, an environment variable or a store URL has a value that means nothing. */
export class OptionInvalidError extends SessionEncryptionError {
  readonly code = 'ERR_OPTION_INVALID';
}

/** An optional package that this store needs is not installed. The message says which. */
export class PackageMissingError extends SessionEncryptionError {
  readonly code = 'ERR_PACKAGE_MISSING';
}

/** The store is down, refused the operation or did not answer in time. Storing again is safe. */
export class StoreUnavailableError extends SessionEncryptionError {
  readonly code = 'ERR_STORE_UNAVAILABLE';
  /**
   * Whether a write may have been carried out all the same: it was on its way when the store stopped
   * answering. False if it was never sent, or the store refused it: it is not stored, and never will be.
   */
  readonly mayHaveTakenEffect: boolean;

  constructor(message: string, place: ErrorPlace & { readonly mayHaveTakenEffect?: boolean } = {}) {
    super(message, place);
    this.mayHaveTakenEffect = place.mayHaveTakenEffect ?? false;
  }
}

/** Other writers changed the same record at every attempt, for longer than the deadline allows. */
export class StoreConflictError extends SessionEncryptionError {
  readonly code = 'ERR_STORE_CONFLICT';
}

/** Records in the store are not ones that this package wrote. They are left as they are. */
export class RecordUnreadableError extends SessionEncryptionError {
  readonly code = 'ERR_RECORD_UNREADABLE';
  /** How many records, where an error is about several. */
  readonly records: number;

  constructor(message: string, place: ErrorPlace = {}, records = 1) {
    super(message, place);
    this.records = records;
  }
}

/** Where a value does not fit. None of it is secret. */
export interface ColumnLimit {
  /** The column as the database has it, such as `shopify_sessions.accessToken`. */
  readonly column: string;
  /** What the value needs, in the unit in which the database counts the column. */
  readonly needs: number;
  /** What the column holds. */
  readonly holds: number;
  readonly unit: 'characters' | 'bytes';
  /** What makes room, such as an `ALTER TABLE` statement. */
  readonly remedy: string;
}

/** A value is too long for its column. Nothing was stored; `limit` says how to make room. */
export class ValueTooLongError extends SessionEncryptionError {
  readonly code = 'ERR_VALUE_TOO_LONG';
  /** Missing where only the database noticed, which does not say which column it was. */
  readonly limit: ColumnLimit | undefined;

  constructor(message: string, place: ErrorPlace = {}, limit?: ColumnLimit) {
    super(message, place);
    this.limit = limit;
  }
}

/**
 * Re-encryption or copying stopped before the end, because the store failed: `cause` is its error.
 * What was done stays done, nothing is half done, and running it again continues.
 */
export class RunIncompleteError<Report = unknown> extends SessionEncryptionError {
  readonly code = 'ERR_RUN_INCOMPLETE';
  /** What was done until then. */
  readonly report: Report;

  constructor(message: string, report: Report, cause: unknown) {
    super(message, { cause });
    this.report = report;
  }
}

/** The errors of opening one sealed token. */
export type OpenTokenError = KeyUnknownError | TokenContextError | TokenUnreadableError;
