// One run of re-encryption: looks at every session, seals what has to be, and writes it by
// compare-and-swap, so that what others store in the meantime is never overwritten. A session that
// has changed is read and looked at again.
import { RecordUnreadableError, type SessionEncryptionError } from '../errors.js';
import { pauseBeforeAttempt } from '../pause.js';
import { refusedWithoutReason } from '../refused-without-reason.js';
import { isSameSession } from '../same-session.js';
import { isSameShop } from '../same-shop.js';
import type { SessionLike } from '../session.js';
import { type SessionCatalog, sessionsHidden } from '../session-catalog.js';
import { holdsSameFields, idOf } from '../session-fields/index.js';
import { inBatches } from './batches.js';
import { type Look, lookAt } from './look.js';
import { isAboutOneSession } from './one-session-errors.js';
import { Pace } from './pace.js';
import { PendingSessions } from './pending-sessions.js';
import type { ReencryptionSettings } from './reencryption-options.js';
import { replaceEach } from './replace-each.js';
import { ReportInProgress } from './report-in-progress.js';
import { severalAtOnce } from './several-at-once.js';
import { isInShard } from './shard.js';

/** How often one session is tried while others keep changing it. */
const attemptsAtMost = 50;
/** How often a catalog without `loadSession` is gone through to find changed sessions again. */
const passesAtMost = 10;
/** How many sessions wait for another pass at most; those beyond are reported as unresolved. */
const pendingAtMost = 10_000;

const changedAtEveryAttempt = 'Others changed it at every attempt.';
const endedFirst = 'The run ended before it could be looked at again.';
const storeFailed = 'The store failed, so that it is not known whether it was written.';
const failedBefore = 'The store failed before it was written.';

export class Reencryption<S extends SessionLike> {
  readonly report: ReportInProgress;
  readonly #catalog: SessionCatalog<S>;
  readonly #settings: ReencryptionSettings;
  readonly #pace: Pace | undefined;
  #pending = new PendingSessions();
  #hasCountedRecords = false;

  constructor(catalog: SessionCatalog<S>, settings: ReencryptionSettings) {
    this.#catalog = catalog;
    this.#settings = settings;
    this.report = new ReportInProgress(settings);
    this.#pace = settings.rate === undefined ? undefined : new Pace(settings.rate);
  }

  async run(): Promise<void> {
    const { shard, shop } = this.#settings;
    const isWanted = (session: S) =>
      (shard === undefined || isInShard(String(idOf(session)), shard)) &&
      (shop === undefined || isSameShop(session.shop, shop));
    const { tally } = this.report;
    let sought = new PendingSessions();
    let whyPending = endedFirst;
    const warnings = (await this.#catalog.warnings?.()) ?? [];
    this.report.areSomeHidden = warnings.some(({ code }) => code === sessionsHidden);
    try {
      let complete = await this.#pass(isWanted, (looks) => {
        for (const look of looks) tally.see(look);
        return looks;
      });
      this.report.aborted = !complete;
      for (let pass = 2; complete && this.#pending.size > 0 && pass <= passesAtMost; pass++) {
        sought = this.#pending;
        this.#pending = new PendingSessions();
        complete = await this.#pass(
          ({ id }) => sought.has(id),
          (looks) => looks.filter(({ sessionId }) => this.#isFound(sought, sessionId)),
        );
        if (!complete) break;
        tally.gone += sought.size;
        sought = new PendingSessions();
      }
      if (complete) whyPending = changedAtEveryAttempt;
    } finally {
      for (const seen of this.#pending.all()) tally.countUnsettled(seen, whyPending);
      for (const seen of sought.all()) tally.countUnsettled(seen, endedFirst);
      await this.report.flush();
    }
  }

  #pass(
    isWanted: (session: S) => boolean,
    onSettle: (looks: readonly Look<S>[]) => readonly Look<S>[],
  ): Promise<boolean> {
    const { batchSize, rate, signal } = this.#settings;
    return inBatches(
      this.#catalog.sessions(),
      {
        // Twice a second at least, so that a slow pace is an even one.
        batchSize: Math.min(batchSize, Math.ceil((rate ?? Number.POSITIVE_INFINITY) / 2)),
        signal,
        pace: this.#pace,
        isWanted,
        onUnreadable: (error) => this.#countRecords(error),
      },
      (batch) => lookAt(batch, this.#catalog, this.#settings),
      async (looks) => {
        await this.#settle(onSettle(looks));
        this.report.progress();
        await this.report.flush();
      },
    );
  }

  /** Counts records that are not sessions, once. */
  #countRecords(error: SessionEncryptionError): void {
    if (this.#hasCountedRecords) return;
    this.#hasCountedRecords = true;
    const records = error instanceof RecordUnreadableError ? error.records : 1;
    this.report.tally.countUnreadable(error.sessionId, error, records);
    this.report.tally.scanned += records;
  }

  /** Brings sessions up to date, or finds out that they are, are gone, or cannot be. */
  async #settle(looks: readonly Look<S>[]): Promise<void> {
    const { tally } = this.report;
    const open = new Map(looks.map((look) => [look.stored, look]));
    const doubtful = new Set<Look<S>>();
    const unchanged = new Set<S>();
    try {
      for (let attempt = 1; open.size > 0; attempt++) {
        const left = await this.#write(open, doubtful);
        if (left.length === 0) return;
        if (this.#catalog.loadSession === undefined) return this.#seekLater(left);
        const isLast = attempt >= attemptsAtMost || this.#settings.signal?.aborted === true;
        if (isLast) {
          const why = attempt >= attemptsAtMost ? changedAtEveryAttempt : endedFirst;
          for (const look of left) tally.countUnsettled(look, why);
          return;
        }
        await pauseBeforeAttempt(attempt, 100, this.#settings.signal);
        await this.#lookAgain(left, open, unchanged);
      }
    } catch (error) {
      await this.#countAfterFailure([...open.values()], doubtful);
      throw error;
    }
  }

  /** Counts sessions when the store has failed; those that may have been written, by what is stored now. */
  async #countAfterFailure(
    open: readonly Look<S>[],
    doubtful: ReadonlySet<Look<S>>,
  ): Promise<void> {
    const { tally } = this.report;
    const rest = new Set(open);
    const lookForIt = async (look: Look<S>) => {
      const stored = await this.#catalog.loadSession?.(look.sessionId);
      if (stored !== undefined && holdsSameFields(stored, look.next) && rest.delete(look))
        tally.countStored(look);
    };
    // A store that cannot be read either leaves the others unknown.
    await severalAtOnce([...doubtful], lookForIt).catch(() => {});
    for (const look of rest) {
      tally.countUnsettled(look, doubtful.has(look) ? storeFailed : failedBefore);
    }
  }

  /**
   * Writes what is to be written, and answers those that were left: most likely they have changed since they
   * were read.
   *
   * @param doubtful Gets those that may have been written where the store fails.
   */
  async #write(open: Map<S, Look<S>>, doubtful: Set<Look<S>>): Promise<Look<S>[]> {
    const { tally } = this.report;
    const settled = (look: Look<S>, count: () => void) => {
      open.delete(look.stored);
      count();
    };
    const changes: Look<S>[] = [];
    for (const look of open.values()) {
      if (!look.changes || look.misfit !== undefined) settled(look, () => tally.countLeft(look));
      else if (this.#settings.dryRun) settled(look, () => tally.countStored(look));
      else changes.push(look);
    }
    const left: Look<S>[] = [];
    await replaceEach(this.#catalog, changes, {
      replaced: (look) => settled(look, () => tally.countStored(look)),
      refused: (look, error) => settled(look, () => tally.countRefused(look, error)),
      left: (look) => void left.push(look),
      doubtful: (look) => void doubtful.add(look),
    });
    return left;
  }

  /**
   * Reads sessions again, in place of what was read of them before.
   *
   * @param unchanged Those that were left once before although nobody had changed them.
   */
  async #lookAgain(
    left: readonly Look<S>[],
    open: Map<S, Look<S>>,
    unchanged: Set<S>,
  ): Promise<void> {
    const { tally } = this.report;
    const found = new Map<S, S>();
    await severalAtOnce(left, async (look) => {
      const { sessionId, stored, next } = look;
      try {
        const current = await this.#catalog.loadSession?.(sessionId);
        const isUnchanged = current !== undefined && isAsRead(current, stored);
        if (isUnchanged && unchanged.has(stored)) {
          tally.countRefused(look, refusedWithoutReason(sessionId, 'the store'));
        } else if (current !== undefined && holdsSameFields(current, next)) {
          // With others, of which one was refused.
          tally.countStored(look);
        } else {
          if (isUnchanged) unchanged.add(current);
          else tally.conflicts++;
          if (current !== undefined) return void found.set(stored, current);
          tally.gone++;
        }
      } catch (error) {
        if (!isAboutOneSession(error)) throw error;
        tally.countDamaged(look, error);
      }
      open.delete(stored);
    });
    const looks = await lookAt([...found.values()], this.#catalog, this.#settings);
    // Not before: where the store fails on the way, they are counted as they were seen.
    for (const stored of found.keys()) open.delete(stored);
    for (const look of looks) open.set(look.stored, look);
  }

  /** Whether a session is one that is sought. Where it was seen more than once, the next pass counts the others. */
  #isFound(sought: PendingSessions, sessionId: string): boolean {
    const [seen, ...others] = sought.take(sessionId);
    for (const other of others) this.#pending.add(other);
    return seen !== undefined;
  }

  #seekLater(left: readonly Look<S>[]): void {
    this.report.tally.conflicts += left.length;
    for (const { stored: _, next: __, ...seen } of left) {
      if (this.#pending.size < pendingAtMost) this.#pending.add(seen);
      else this.report.tally.countUnsettled(seen, 'Too many sessions changed during the run.');
    }
  }
}

/** Whether nobody has changed a session since it was read, in what is sealed or in anything else. */
function isAsRead(current: SessionLike, read: SessionLike): boolean {
  return holdsSameFields(current, read) && isSameSession(current, read);
}
