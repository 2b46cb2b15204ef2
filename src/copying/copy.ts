// One run of copying: what becomes of each session of the source, and the counts of it.
import { callSafely } from '../app-callback.js';
import {
  RecordUnreadableError,
  type SessionEncryptionError,
  SessionMismatchError,
  ValueTooLongError,
} from '../errors.js';
import { memberOf } from '../foreign-object.js';
import { pauseBeforeAttempt } from '../pause.js';
import {
  Findings,
  inBatches,
  isAboutOneSession,
  severalAtOnce,
  TooShortColumns,
} from '../reencryption/internal.js';
import { isSameSession } from '../same-session.js';
import { sealedFields } from '../sealed-fields.js';
import { resemblesSealedToken } from '../sealed-token/index.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { CopySettings, DestinationCatalog } from './copy-options.js';
import type { CopyFinding, CopyReport } from './copy-report.js';

/** How often one session is tried while others keep changing it in the destination. */
const attemptsAtMost = 50;

/** How many are stored in one call, which has one deadline. */
const insertedAtOnce = 250;

/** A session that is to be copied: one may come twice. */
interface Entry {
  readonly session: SessionLike;
}

type Outcome = 'copied' | 'updated' | 'same' | 'different' | 'unresolved';

export class Copy {
  readonly #counts = {
    scanned: 0,
    copied: 0,
    updated: 0,
    same: 0,
    different: 0,
    refused: 0,
    unresolved: 0,
    plaintext: 0,
  };
  readonly #tooShort = new TooShortColumns();
  readonly #findings: Findings<CopyFinding>;
  readonly #destination: DestinationCatalog;
  readonly #settings: CopySettings;

  constructor(destination: DestinationCatalog, settings: CopySettings) {
    this.#destination = destination;
    this.#settings = settings;
    this.#findings = new Findings(settings.onFinding);
  }

  /** Copies every session; false if the signal ended it. */
  run(source: SessionCatalog<SessionLike>): Promise<boolean> {
    const options = {
      ...this.#settings,
      onUnreadable: (error: SessionEncryptionError) => {
        const records = error instanceof RecordUnreadableError ? error.records : 1;
        this.#counts.scanned += records;
        this.#refuse(error.sessionId, error, records);
      },
    };
    return inBatches(
      source.sessions(),
      options,
      async (batch) => batch,
      (batch) => this.#copyBatch(batch),
    );
  }

  /** The report as it stands, which does not change any more. */
  toReport(aborted: boolean): CopyReport {
    return {
      dryRun: this.#settings.dryRun,
      ...this.#counts,
      tooShortColumns: this.#tooShort.toList(),
      ...this.#findings.toReport(),
      aborted,
    };
  }

  async #copyBatch(batch: readonly SessionLike[]): Promise<void> {
    const misfits = (await this.#destination.misfits?.(batch)) ?? [];
    this.#counts.scanned += batch.length;
    this.#counts.plaintext += batch.filter(holdsPlaintext).length;
    for (const [at, { id }] of batch.entries()) {
      if (misfits[at] !== undefined) this.#refuse(id, misfits[at]);
    }
    const fitting = batch.filter((_session, at) => misfits[at] === undefined);
    const open = new Set(fitting.map((session): Entry => ({ session })));
    try {
      const wasTried = await this.#insert(open);
      await severalAtOnce([...open], async (entry) => {
        await this.#copy(entry.session, wasTried);
        open.delete(entry);
      });
    } finally {
      for (const { session } of open) this.#count(session.id, 'unresolved');
      callSafely(this.#settings.onProgress, 'copy', this.#counts.scanned);
      await this.#findings.flush();
    }
  }

  /** Stores several at once, and leaves in `open` those that were not stored. Answers whether that was tried. */
  async #insert(open: Set<Entry>): Promise<boolean> {
    const insert = this.#destination.insertSessions;
    if (this.#settings.dryRun || insert === undefined || open.size < 2) return false;
    const entries = [...open];
    for (let start = 0; start < entries.length; start += insertedAtOnce) {
      const part = entries.slice(start, start + insertedAtOnce);
      const sessions = part.map(({ session }) => session);
      let stored: readonly boolean[] = [];
      try {
        stored = await insert.call(this.#destination, sessions);
      } catch (error) {
        // Of a catalog of the app's own: the others go without that session.
        if (!isAboutOneSession(error)) throw error;
      }
      for (const [at, entry] of part.entries()) {
        if (stored[at] !== true) continue;
        this.#count(entry.session.id, 'copied');
        open.delete(entry);
      }
    }
    return true;
  }

  /** @param wasTried Whether it was to be stored with others, and was not: most likely its id is taken. */
  async #copy(session: SessionLike, wasTried: boolean): Promise<void> {
    try {
      this.#count(session.id, await this.#outcome(session, wasTried));
    } catch (error) {
      if (!isAboutOneSession(error)) throw error;
      this.#refuse(session.id, error);
    }
  }

  #count(sessionId: string, outcome: Outcome): void {
    this.#counts[outcome]++;
    if (outcome === 'different' || outcome === 'unresolved') {
      this.#findings.add({ outcome, sessionId });
    }
  }

  #refuse(sessionId: string | undefined, error: SessionEncryptionError, records = 1): void {
    this.#counts.refused += records;
    if (error instanceof ValueTooLongError) this.#tooShort.count(error);
    const { code, message } = error;
    this.#findings.add({ outcome: 'refused', sessionId, code, message });
  }

  async #outcome(session: SessionLike, wasTried: boolean): Promise<Outcome> {
    const { update, dryRun, signal } = this.#settings;
    const insert = () => this.#destination.replaceSession(undefined, session);
    for (
      let attempt = 1;
      attempt <= attemptsAtMost && !(attempt > 1 && signal?.aborted);
      attempt++
    ) {
      const isLookedAtFirst = wasTried && attempt === 1;
      if (!dryRun && !isLookedAtFirst && (await insert())) return 'copied';
      const existing = await this.#destination.loadSession(session.id);
      if (existing === undefined) {
        if (dryRun || (isLookedAtFirst && (await insert()))) return 'copied';
      } else {
        if (existing.id !== session.id) throw takenId(session);
        if (isSameSession(session, existing)) return 'same';
        if (!update) return 'different';
        if (dryRun || (await this.#destination.replaceSession(existing, session))) return 'updated';
      }
      await pauseBeforeAttempt(attempt, 100, signal);
    }
    return 'unresolved';
  }
}

/** MySQL may take ids for the same that differ in case, in accents, or in spaces at their end. */
function takenId({ id }: SessionLike): SessionMismatchError {
  return new SessionMismatchError(
    `Session ${id}: the destination takes its id for that of another session, which it holds. Delete one of them.`,
    { sessionId: id },
  );
}

const tokenFields = sealedFields.filter(({ isUserInfo }) => !isUserInfo);

function holdsPlaintext(session: SessionLike): boolean {
  return tokenFields.some(({ name }) => {
    const token = memberOf(session, name);
    return typeof token === 'string' && token !== '' && !resemblesSealedToken(token);
  });
}
