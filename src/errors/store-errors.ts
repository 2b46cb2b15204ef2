// Errors about stores, what is in them, and runs over them.
import { BaseError, type ErrorPlace } from './base-error.js';

/**
 * An optional package that this store needs is not installed, is too old, or was bundled in a way that it cannot run.
 * The message says which.
 *
 * @example
 * if (error instanceof PackageMissingError) console.error(error.message); // npm install …
 */
export class PackageMissingError extends BaseError {
  static readonly code = 'ERR_PACKAGE_MISSING';
  readonly code = PackageMissingError.code;
  override readonly name = 'PackageMissingError';
}

/**
 * The store is down, refused the operation or did not answer in time. Storing again is safe.
 *
 * @example
 * if (error instanceof StoreUnavailableError) console.error(error.message, error.mayHaveTakenEffect, error.cause);
 */
export class StoreUnavailableError extends BaseError {
  static readonly code = 'ERR_STORE_UNAVAILABLE';
  readonly code = StoreUnavailableError.code;
  override readonly name = 'StoreUnavailableError';
  /**
   * Whether a write may have been carried out all the same: it was on its way when the store stopped
   * answering. False if it was never sent, or the store refused it: it is not stored, and never will be.
   */
  readonly mayHaveTakenEffect: boolean;

  constructor(
    message: string,
    place: ErrorPlace & { readonly mayHaveTakenEffect?: boolean | undefined } = {},
  ) {
    super(message, place);
    this.mayHaveTakenEffect = place.mayHaveTakenEffect ?? false;
  }
}

/**
 * Other writers changed the same record at every attempt, for longer than the deadline allows.
 *
 * @example
 * if (error instanceof StoreConflictError) await sessionStorage.storeSession(session); // again
 */
export class StoreConflictError extends BaseError {
  static readonly code = 'ERR_STORE_CONFLICT';
  readonly code = StoreConflictError.code;
  override readonly name = 'StoreConflictError';
}

/**
 * Records in the store are not ones that this package wrote. They are left as they are.
 *
 * @example
 * if (error instanceof RecordUnreadableError) console.error(error.message, error.records);
 */
export class RecordUnreadableError extends BaseError {
  static readonly code = 'ERR_RECORD_UNREADABLE';
  readonly code = RecordUnreadableError.code;
  override readonly name = 'RecordUnreadableError';
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
  /** `characters` or `bytes`. */
  readonly unit: 'characters' | 'bytes';
  /** What makes room, such as an `ALTER TABLE` statement. */
  readonly remedy: string;
}

/**
 * A value is too long for its column. Nothing was stored; `limits` says how to make room.
 *
 * @example
 * if (error instanceof ValueTooLongError) {
 *   for (const { remedy } of error.limits) console.error(remedy); // ALTER TABLE …
 * }
 */
export class ValueTooLongError extends BaseError {
  static readonly code = 'ERR_VALUE_TOO_LONG';
  readonly code = ValueTooLongError.code;
  override readonly name = 'ValueTooLongError';
  /** Every column that is too short. None where only the database noticed, which does not say which. */
  readonly limits: readonly ColumnLimit[];

  constructor(message: string, place: ErrorPlace = {}, limits: readonly ColumnLimit[] = []) {
    super(message, place);
    this.limits = limits;
  }
}

/**
 * Re-encryption or copying stopped before the end, because the store failed: `cause` is its error.
 * What was done stays done, nothing is half done, and running it again continues.
 *
 * @example
 * try {
 *   await reencryptSessions(catalog, { keyring });
 * } catch (error) {
 *   if (error instanceof RunIncompleteError) console.error(error.report, error.cause);
 * }
 */
export class RunIncompleteError<Report = unknown> extends BaseError {
  static readonly code = 'ERR_RUN_INCOMPLETE';
  readonly code = RunIncompleteError.code;
  override readonly name = 'RunIncompleteError';
  /** What was done until then. */
  readonly report: Report;

  constructor(message: string, report: Report, cause: unknown) {
    super(message, { cause });
    this.report = report;
  }
}
