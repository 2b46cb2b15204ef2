// What a copy did.
import type { SessionEncryptionErrorCode } from '../errors.js';

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
export interface RefusedSession {
  readonly sessionId: string | undefined;
  readonly code: SessionEncryptionErrorCode;
  readonly message: string;
}

/** Counts of sessions. */
export interface CopyReport {
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  /** Sessions looked at in the source. */
  readonly scanned: number;
  /** Sessions stored in the destination, which had none of that id; in a dry run, those that would be. */
  readonly copied: number;
  /** Sessions stored in place of other content, which `update` asks for. */
  readonly updated: number;
  /** Sessions that the destination held already, with the same content. */
  readonly same: number;
  /** Sessions that the destination holds with other content, and that were left. */
  readonly different: number;
  /** The ids of the first 100 of them. */
  readonly differentSessions: readonly string[];
  /** Sessions that a store refused, such as one that is too long for a column. They were left. */
  readonly refused: number;
  /** The first 100 of them, and why. */
  readonly refusedSessions: readonly RefusedSession[];
  /** Sessions with a plaintext token. They were copied as they are. */
  readonly plaintext: number;
  /** Sessions that others changed in the destination at every attempt: run again. */
  readonly unresolved: number;
  /** Whether the run ended before the end: by the signal, or by a failure. */
  readonly aborted: boolean;
  /** Missing after a dry run, and after one that was ended. */
  readonly verification?: CopyVerification;
}
