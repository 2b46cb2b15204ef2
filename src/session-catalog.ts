// What re-encryption and copying need of a store. `KeyvSessionStorage` is a catalog; the official
// session storages have one each.
import type { SessionInvalidError, ValueTooLongError } from './errors.js';

/** One session to be replaced by another, if it is still stored as it was read. */
export interface SessionChange<S> {
  /** A session that `sessions` or `loadSession` handed out, unchanged. */
  readonly current: S;
  /** A session with the same id. */
  readonly next: S;
}

/** Why a store does not take a session: a value is too long for its column, or it has none for it. */
export type Misfit = ValueTooLongError | SessionInvalidError;

/** What an operator should know of a store. */
export interface CatalogWarning {
  /**
   * What it is about. Ours: `NO_TABLE` (yet), `COLUMN_TOO_SHORT`, `SQL_MODE_NOT_STRICT`,
   * `MODEL_TABLE_UNKNOWN`, `SESSIONS_HIDDEN`, `SESSIONS_EVICTED`.
   */
  readonly code: string;
  /** What is wrong, and what mends it. */
  readonly message: string;
}

/** The code of a warning that sessions may be there which a run does not see. */
export const sessionsHidden = 'SESSIONS_HIDDEN';

/**
 * A store whose sessions can be gone through and replaced while an app uses it. Sessions are handed
 * out and taken as they are stored: their tokens stay sealed.
 *
 * @example
 * const catalog: SessionCatalog<Session> = new KeyvSessionStorage(new Keyv(new KeyvRedis(url)));
 * for await (const stored of catalog.sessions()) console.log(stored.id);
 */
export interface SessionCatalog<S> {
  /**
   * Every session as it is stored, in bounded memory. Finds every session that was there
   * throughout; one may be handed out more than once. Writes nothing. Rejects when the store fails:
   * an enumeration that ends is complete. So is one that ends with `RecordUnreadableError`: there
   * were records that are not sessions.
   */
  sessions(): AsyncIterable<S>;

  /**
   * Stores `next`, but only if what is stored under its id still equals `current`, in one atomic
   * step. What is neither sealed nor different in `next` may be left out of the comparison, if it
   * is left as it is stored. `current` undefined: only if nothing is stored under `next.id`.
   *
   * @param current A session that `sessions` or `loadSession` handed out, unchanged.
   * @param next A session with the same id.
   * @returns Whether `next` was stored; false if what is stored differs from `current`, or is gone.
   * @throws {ValueTooLongError} A value does not fit its column.
   * @throws {SessionInvalidError} The store has no column for a value, or cannot hold it.
   */
  replaceSession(current: S | undefined, next: S): Promise<boolean>;

  /**
   * Stores new sessions, in few round trips: each only if nothing is stored under its id. One that the
   * store does not take costs the others nothing. Optional: without it, `replaceSession` is called for
   * each.
   *
   * @param sessions Any of them may have the id of another.
   * @returns For each session in order, whether it was stored. One that was not is one of which
   * `replaceSession(undefined, session)` says why, or which that stores.
   * @throws When the store fails. Which sessions were stored is then unknown.
   */
  insertSessions?(sessions: readonly S[]): Promise<boolean[]>;

  /**
   * Does for many sessions what `replaceSession` does for one, in few round trips. Each is compared
   * and swapped by itself: one that has changed, or that the store does not take, costs the others
   * nothing. Optional: without it, `replaceSession` is called for each.
   *
   * @param changes Of different sessions.
   * @returns For each change in order, whether it was made. One that was not is one of which
   * `replaceSession` says why, or which that makes.
   * @throws When the store fails. Which changes were made is then unknown.
   */
  replaceSessions?(changes: readonly SessionChange<S>[]): Promise<boolean[]>;

  /**
   * Removes a session, but only if it is still stored as it was read. Optional.
   *
   * @param current A session that `sessions` or `loadSession` handed out, unchanged.
   * @returns Whether it was removed.
   */
  removeSession?(current: S): Promise<boolean>;

  /**
   * One session as it is stored, or undefined. Optional: without it, a session that has changed
   * since it was read is looked at again in another pass over all sessions.
   */
  loadSession?(id: string): Promise<S | undefined>;

  /**
   * For each session the error with which the store would refuse it, because a value is too long
   * for its column, or has none; undefined if it fits. Optional: without it, columns have no limit.
   */
  misfits?(sessions: readonly S[]): Promise<(Misfit | undefined)[]>;

  /** About how many sessions there are, at the cost of one cheap query. For progress. Optional. */
  estimateSessions?(): Promise<number>;

  /**
   * False when compare-and-swap holds within this process only, so that a write of another process
   * in the same moment could be lost. Default: true.
   */
  readonly atomic?: boolean;

  /**
   * Findings for the operator, such as a column too short for a sealed token. Optional.
   *
   * @param sealedTokenLength The characters of one access token as it will be sealed, as
   * `sealedTokenLength(keyring)` says. Default: 187, under a key whose id has 7.
   */
  warnings?(sealedTokenLength?: number): Promise<CatalogWarning[]>;

  /** Closes what the catalog opened. Optional. */
  disconnect?(): Promise<void>;
}
