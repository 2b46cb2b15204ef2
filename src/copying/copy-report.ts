// What a copy did.
import type { SessionEncryptionErrorCode } from '../errors.js';
import type { TooShortColumn } from '../reencryption/index.js';

/** How the stores compare once the copy is done. */
export interface CopyVerification {
  /** Sessions in the source. */
  readonly source: number;
  /** Sessions in the destination, those it had before included. */
  readonly destination: number;
  /** Sessions of the source that the destination holds with the same content. */
  readonly same: number;
  /** Sessions of the source that the destination holds with other content. */
  readonly different: number;
  /** Sessions of the source that the destination lacks, and that may still be used. */
  readonly missing: number;
  /** Sessions of the source that the destination lacks, and that have expired. */
  readonly expired: number;
}

/** A session that was not copied. */
export interface CopyFinding {
  /** `different`: the destination holds other content. `refused`: the destination does not take it. */
  readonly outcome: 'different' | 'refused' | 'unresolved';
  /** Missing for a record that does not tell. */
  readonly sessionId: string | undefined;
  readonly code?: SessionEncryptionErrorCode | undefined;
  /** What is wrong, and what to do. It carries no token. */
  readonly message?: string | undefined;
}

/**
 * Counts of sessions; in a dry run, of what the run would do (see `dryRun` of `CopyOptions`). Every
 * session that was looked at is in exactly one of `copied`, `updated`, `same`, `different`, `refused` and
 * `unresolved`.
 */
export interface CopyReport {
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  /** Sessions looked at in the source, and records there that are not sessions. */
  readonly scanned: number;
  /** Sessions stored in the destination, which had none of that id. */
  readonly copied: number;
  /** Sessions stored in place of other content, which `update` asks for. */
  readonly updated: number;
  /** Sessions that the destination held already, with the same content. */
  readonly same: number;
  /** Sessions that the destination holds with other content, and that were left. */
  readonly different: number;
  /** Sessions that the destination does not take, such as one too long for a column, and records that are not sessions. */
  readonly refused: number;
  /** Others changed them in the destination at every attempt, or a store failed: run it again. */
  readonly unresolved: number;
  /** Sessions with a plaintext token, among all that were looked at. They are copied as they are. */
  readonly plaintext: number;
  /** Columns of the destination that are too short, and what makes room. */
  readonly tooShortColumns: readonly TooShortColumn[];
  /** Sessions that were not copied, the first 1,000 of each outcome; `onFinding` is told of all. */
  readonly findings: readonly CopyFinding[];
  /** How many more there are. */
  readonly furtherFindings: number;
  /** Whether the run ended before the end: by the signal, or by a failure. */
  readonly aborted: boolean;
  /** Missing after a dry run, and after one that was ended. */
  readonly verification?: CopyVerification;
}
