// Counts sessions while a re-encryption goes on, each by the state in which it was left.
import {
  RecordUnreadableError,
  type SessionEncryptionError,
  ValueTooLongError,
} from '../errors.js';
import type { FieldState, ResealedField, SessionEncryptionMode } from '../session-fields/index.js';
import { isUnreadable, kidOf, provenKidOf } from './field-states.js';
import type { ReencryptionCounts, SessionFinding } from './reencryption-report.js';
import { StoredTally } from './stored-tally.js';
import { TooShortColumns } from './too-short-columns.js';

/** A session that was looked at, and what is to become of it. */
export interface SeenSession {
  readonly sessionId: string;
  /** Its fields as they are stored now, and as they are once it has been stored again. */
  readonly fields: readonly ResealedField[];
  /** Whether it is to be stored again. */
  readonly changes: boolean;
  /** Why it does not fit as it is to be stored. */
  readonly misfit: ValueTooLongError | undefined;
  /** Why it would not fit once the app has sealed all of it; for what holds plaintext afterwards. */
  readonly sealedMisfit: ValueTooLongError | undefined;
}

export class Tally implements ReencryptionCounts {
  scanned = 0;
  reencrypted = 0;
  current = 0;
  leftPlaintext = 0;
  unreadable = 0;
  doesNotFit = 0;
  refused = 0;
  unresolved = 0;
  gone = 0;
  sealedFromPlaintext = 0;
  unlikeTokens = 0;
  conflicts = 0;
  /** Sessions and records that may need any key: which one cannot be told. */
  untold = 0;
  /** Keys of the key ring that have proved to be the ones that sealed something stored. */
  readonly provenKids = new Set<string>();
  /** What the sessions held when they were first seen, and what they hold as they were left. */
  readonly before: StoredTally;
  readonly tooShort = new TooShortColumns();
  readonly after: StoredTally;
  readonly #mode: SessionEncryptionMode;
  readonly #find: (finding: SessionFinding) => void;

  /** @param kids Those of the key ring, which are always counted. */
  constructor(
    mode: SessionEncryptionMode,
    kids: readonly string[],
    find: (finding: SessionFinding) => void,
  ) {
    this.#mode = mode;
    this.#find = find;
    this.before = new StoredTally(kids);
    this.after = new StoredTally(kids);
  }

  get plaintext(): number {
    return this.after.plaintext;
  }

  get byKid(): Readonly<Record<string, number>> {
    return this.after.byKid;
  }

  get onOtherKids(): number {
    return this.after.onOtherKids;
  }

  /** Counts a session at the first look. */
  see({ fields }: SeenSession): void {
    this.scanned++;
    this.before.count(fields.map(({ before }) => before));
    for (const { before } of fields) {
      const kid = provenKidOf(before);
      if (kid !== undefined) this.provenKids.add(kid);
    }
  }

  /** Counts a session that was stored again. */
  countStored({ sessionId, fields, sealedMisfit }: SeenSession): void {
    this.reencrypted++;
    if (sealedMisfit !== undefined) this.tooShort.count(sealedMisfit);
    this.after.count(fields.map(({ after }) => after));
    let [wasSealed, looksLikeToken] = [false, true];
    for (const { before, after } of fields) {
      if (before.state !== 'plaintext' || after.state !== 'sealed') continue;
      wasSealed = true;
      looksLikeToken &&= before.looksLikeToken;
    }
    if (!wasSealed) return;
    this.sealedFromPlaintext++;
    if (!looksLikeToken) this.unlikeTokens++;
    this.#find({ outcome: 'sealed from plaintext', sessionId, looksLikeToken });
  }

  /** Counts a session that is left as it is. */
  countLeft({ sessionId, fields, misfit, sealedMisfit }: SeenSession): void {
    const stored = fields.map(({ before }) => before);
    this.after.count(stored);
    const tooLong = misfit ?? sealedMisfit;
    if (tooLong !== undefined) this.tooShort.count(tooLong);
    const unreadable = stored.find(isUnreadable);
    const unsealable = fields.map(({ after }) => after).find(isUnreadable);
    const holdsPlaintext = stored.some(({ state }) => state === 'plaintext');
    if (unreadable !== undefined) {
      this.unreadable++;
      const isUntold = (state: FieldState) => isUnreadable(state) && kidOf(state) === undefined;
      if (stored.some(isUntold)) this.untold++;
      this.#name('unreadable', sessionId, unreadable.error);
    } else if (misfit !== undefined) {
      this.doesNotFit++;
      this.#name('does not fit', sessionId, misfit);
    } else if (holdsPlaintext && this.#mode !== 'rollback') {
      this.leftPlaintext++;
      const field = fields.find(({ before }) => before.state === 'plaintext')?.field;
      if (unsealable !== undefined) this.#name('left plaintext', sessionId, unsealable.error);
      else this.#find({ outcome: 'left plaintext', sessionId, field, code: 'ERR_TOKEN_PLAINTEXT' });
    } else this.current++;
  }

  /** Counts a session that the store refused when it was to be written. */
  countRefused(session: SeenSession, error: SessionEncryptionError): void {
    if (error instanceof RecordUnreadableError) {
      this.countDamaged(session, error);
      return;
    }
    this.after.count(session.fields.map(({ before }) => before));
    if (error instanceof ValueTooLongError) {
      this.doesNotFit++;
      this.tooShort.count(error);
      this.#name('does not fit', session.sessionId, error);
    } else {
      this.refused++;
      this.#name('refused', session.sessionId, error);
    }
  }

  /** Counts a session that has become a record that is not one since it was seen: it may need its keys still. */
  countDamaged({ sessionId, fields }: SeenSession, error: SessionEncryptionError): void {
    this.after.count(fields.map(({ before }) => before));
    this.countUnreadable(sessionId, error);
  }

  /** Counts records of which the store says that they are not sessions. */
  countUnreadable(sessionId: string | undefined, error: SessionEncryptionError, records = 1): void {
    this.unreadable += records;
    this.untold += records;
    this.#name('unreadable', sessionId, error);
  }

  /** Counts a session that is stored as it was seen, unless it has changed since: its keys are still needed. */
  countUnsettled({ sessionId, fields }: SeenSession, message: string): void {
    this.after.count(fields.map(({ before }) => before));
    this.unresolved++;
    this.#find({ outcome: 'unresolved', sessionId, message });
  }

  #name(
    outcome: SessionFinding['outcome'],
    sessionId: string | undefined,
    { field, code, kid, message }: SessionEncryptionError,
  ): void {
    this.#find({ outcome, sessionId, field, code, kid, message });
  }
}
