// What a re-encryption did, and how it left the store.
import type { SessionEncryptionError, SessionEncryptionErrorCode } from '../errors.js';
import type { FieldFound, SessionEncryptionMode } from '../session-fields/index.js';

/** A session that could not be opened, and was left byte for byte as it was. */
export interface UnreadableSession {
  /** Missing for a record of which it cannot be told. */
  readonly sessionId: string | undefined;
  readonly field: string | undefined;
  readonly code: SessionEncryptionErrorCode;
  readonly kid: string | undefined;
  /** Says what is wrong and what can be done. It carries no token. */
  readonly message: string;
}

/** Counts of sessions. A session that is stored or deleted meanwhile may count as before or after. */
export interface ReencryptionReport {
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  readonly mode: SessionEncryptionMode;
  /** The id of the key that seals. */
  readonly primary: string;
  /** Sessions looked at. */
  readonly scanned: number;
  /** Sessions stored anew; in a dry run, those that would be. */
  readonly reencrypted: number;
  /** Sessions that were already as they should be. */
  readonly current: number;
  /** Sessions that hold a plaintext token, as the run left them. */
  readonly plaintext: number;
  /** Sessions that hold something sealed with each key, as the run left them, by key id. */
  readonly byKid: Readonly<Record<string, number>>;
  /** Sessions that cannot be opened, and were left as they are. */
  readonly unreadable: number;
  /** The first 100 of them. */
  readonly unreadableSessions: readonly UnreadableSession[];
  /** How often another process had changed a session in the meantime, so that it was looked at again. */
  readonly conflicts: number;
  /** Sessions that were deleted in the meantime. */
  readonly gone: number;
  /** Sessions that others changed at every attempt, or that were in hand when the signal came: run again. */
  readonly unresolved: number;
  /** Whether the run ended before every session was looked at: by the signal, or by a failure. */
  readonly aborted: boolean;
}

/** How many unreadable sessions a report names. */
const namedAtMost = 100;
/** How many key ids are counted: those of unreadable sessions are whatever the store says. */
const kidsAtMost = 1000;

/** The report while it is being made. */
export class ReencryptionTally implements ReencryptionReport {
  scanned = 0;
  reencrypted = 0;
  current = 0;
  plaintext = 0;
  unreadable = 0;
  conflicts = 0;
  gone = 0;
  unresolved = 0;
  aborted = false;
  readonly unreadableSessions: UnreadableSession[] = [];
  // Without a prototype: `__proto__` is a valid key id.
  readonly byKid: Record<string, number> = Object.create(null);
  readonly dryRun: boolean;
  readonly mode: SessionEncryptionMode;
  primary: string;
  #kids = 0;

  constructor(dryRun: boolean, mode: SessionEncryptionMode, primary: string) {
    this.dryRun = dryRun;
    this.mode = mode;
    this.primary = primary;
  }

  /** Counts a session that was read, as it is left. */
  countFields(fields: readonly FieldFound[]): void {
    const kids: string[] = [];
    let hasPlaintext = false;
    for (const found of fields) {
      if (found.state === 'plaintext') {
        hasPlaintext = true;
        continue;
      }
      const { kid } = found.state === 'sealed' ? found : found.error;
      if (kid !== undefined && !kids.includes(kid)) kids.push(kid);
    }
    if (hasPlaintext) this.plaintext++;
    for (const kid of kids) this.#countKid(kid);
  }

  countUnreadable(sessionId: string | undefined, error: SessionEncryptionError): void {
    this.unreadable++;
    if (this.unreadableSessions.length >= namedAtMost) return;
    const { field, code, kid, message } = error;
    this.unreadableSessions.push({ sessionId, field, code, kid, message });
  }

  /** The report as it stands, which does not change any more. */
  toReport(): ReencryptionReport {
    const byKid: Record<string, number> = Object.assign(Object.create(null), this.byKid);
    return { ...this, byKid, unreadableSessions: [...this.unreadableSessions] };
  }

  #countKid(kid: string): void {
    const count = this.byKid[kid];
    if (count === undefined && ++this.#kids > kidsAtMost) return;
    this.byKid[kid] = (count ?? 0) + 1;
  }
}
