// What a re-encryption did, and how it left the store: an account of what is stored.
import type { SessionEncryptionErrorCode } from '../errors.js';
import type { SessionEncryptionMode } from '../session-fields/index.js';
import type { TooShortColumn } from './too-short-columns.js';

/** A session that somebody has to look at. */
export interface SessionFinding {
  /**
   * `unreadable`: a token cannot be opened. `does not fit`: a sealed token is too long for its
   * column. `refused`: the store does not take it as it is to be stored, as where a constraint, a
   * trigger or row level security stands against it. `left plaintext`: a token is plaintext, which
   * mode strict leaves or which cannot be sealed. These are left byte for byte as they were. `unresolved`: others changed it at every attempt, the run ended first, or the store failed.
   * `sealed from plaintext`: the token was plaintext, and is sealed now: nobody can tell any more
   * whether it was genuine.
   */
  readonly outcome:
    | 'unreadable'
    | 'does not fit'
    | 'refused'
    | 'left plaintext'
    | 'unresolved'
    | 'sealed from plaintext';
  /** Missing for a record that does not tell. */
  readonly sessionId: string | undefined;
  /** The field that it is about, such as `accessToken`. */
  readonly field?: string | undefined;
  /** The code of the error. */
  readonly code?: SessionEncryptionErrorCode | undefined;
  /** The key that the token names. */
  readonly kid?: string | undefined;
  /** What is wrong, and what to do. It carries no token. */
  readonly message?: string | undefined;
  /** With `sealed from plaintext`: whether every token starts as Shopify's do, such as `shpat_`. */
  readonly looksLikeToken?: boolean;
}

/** What sessions hold. A session with tokens under two keys counts for both. */
export interface StoredCounts {
  /** Sessions that hold a plaintext token. */
  readonly plaintext: number;
  /** Sessions that hold something sealed with each key, by key id. */
  readonly byKid: Readonly<Record<string, number>>;
}

/**
 * Counts of sessions. Every session that was looked at is in exactly one of `reencrypted`, `current`,
 * `leftPlaintext`, `unreadable`, `doesNotFit`, `refused`, `unresolved` and `gone`, by how it was left. In a dry
 * run all of it is what the run would do.
 */
export interface ReencryptionCounts extends StoredCounts {
  /** Sessions looked at, and records that are not sessions. */
  readonly scanned: number;
  /** Stored again: under the primary key or, in mode `rollback`, as plaintext. */
  readonly reencrypted: number;
  /** Already as they should be. */
  readonly current: number;
  /** Left with a plaintext token, and otherwise as they should be. */
  readonly leftPlaintext: number;
  /** Left because something in them cannot be opened. Records that are not sessions count as well. */
  readonly unreadable: number;
  /** Left because a sealed token is too long for its column; see `tooShortColumns`. */
  readonly doesNotFit: number;
  /**
   * Left because the store does not take them as they are to be stored, as where a constraint, a trigger or
   * row level security stands against it. Only the run finds them: a dry run counts them as stored again.
   */
  readonly refused: number;
  /** Others changed them at every attempt, the run ended first, or the store failed: run it again. */
  readonly unresolved: number;
  /** Deleted by others in the meantime. */
  readonly gone: number;

  /** Of those stored again: with a token that was plaintext before. */
  readonly sealedFromPlaintext: number;
  /** Of those: with a token that does not start as Shopify's do. Somebody else may have put it there. */
  readonly unlikeTokens: number;
  /** Sessions that hold a plaintext token, as the run left them or, in a dry run, would leave them. */
  readonly plaintext: number;
  /**
   * Sessions that hold something sealed with each key, by key id, as the run left them or would leave them.
   * A damaged token counts for the key that it still names.
   */
  readonly byKid: Readonly<Record<string, number>>;
  /** Sessions that name a key beyond the first 1,000 that the key ring lacks; `byKid` has those. */
  readonly onOtherKids: number;
  /** `plaintext` and `byKid` as the sessions were found: in a dry run, what is stored now. */
  readonly before: StoredCounts;
  /** How often a session had changed before it could be written, so that it was looked at again. */
  readonly conflicts: number;
}

/** Why a run does not show what the whole store needs. `other places`: sessions are there too (`sessionsElsewhere`). */
export type Unseen =
  | 'ended early'
  | 'unresolved sessions'
  | 'unreadable records'
  | 'hidden sessions'
  | 'part of the store'
  | 'other places'
  | 'key ring changed'
  | 'no sessions';

/** What a key is needed for: see {@link KeyUsage}. */
export type KeyState = 'primary' | 'needed' | 'missing' | 'removable' | 'unused' | 'unknown';

/** One key, of the key ring or named by a stored session. */
export interface KeyUsage {
  /** The id of the key. */
  readonly kid: string;
  /**
   * `primary`: it seals. `needed`: something stored is sealed with it. `missing`: the same, and the key
   * ring lacks it. `removable`: this run sealed with the primary key all that needed it, in the whole
   * store. `unused`: nothing in the whole store needs it; it is not used yet, as when it was just added,
   * or no longer. `unknown`: nothing that was seen needs it, but not everything was seen.
   */
  readonly state: KeyState;
  /** The same wherever a key ring holds the same key; missing for a key that the key ring lacks. */
  readonly fingerprint: string | undefined;
  /** When it was made; missing where its key ring does not say. */
  readonly created: Date | undefined;
  /** Sessions that hold something sealed with it now, also in a dry run. */
  readonly sessions: number;
  /**
   * True if the key ring's key of this name opened nothing, although sessions that were found name
   * it: it is most likely another key than the one that sealed them. Compare fingerprints.
   */
  readonly opensNothing: boolean;
}

/** The outcome of {@link reencryptSessions}. */
export interface ReencryptionReport extends ReencryptionCounts {
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  /** The mode of the run. */
  readonly mode: SessionEncryptionMode;
  /** The id of the key that seals. */
  readonly primary: string;
  /** Whether the run ended before every session was looked at: by the signal, or by a failure. */
  readonly aborted: boolean;
  /**
   * Empty if the run shows what the whole store needs. Else why not, and no key is called unused or
   * removable: `ended early`, `unresolved sessions`, `unreadable records`, `hidden sessions` (row level
   * security), `part of the store`, `other places`, `key ring changed`, `no sessions`.
   */
  readonly unseen: readonly Unseen[];
  /** Every key of the key ring, the primary first, then keys that sessions name and it lacks. */
  readonly keys: readonly KeyUsage[];
  /**
   * Columns too short for what is to be stored, or for that once it is sealed under the primary key:
   * plaintext that is left, and what mode `rollback` opens, are measured as well.
   */
  readonly tooShortColumns: readonly TooShortColumn[];
  /** Sessions that somebody has to look at, the first 1,000 of each outcome; `onFinding` is told of all. */
  readonly findings: readonly SessionFinding[];
  /** How many more there are. */
  readonly furtherFindings: number;
}
