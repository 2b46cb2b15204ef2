// Re-encryption: brings every session of a store to the primary key, while apps use the store.
// A session is only ever replaced by compare-and-swap, so what another process stores in the
// meantime is never overwritten; such a session is read and looked at again.
import { RunIncompleteError, SessionEncryptionError } from '../errors.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import { type FieldFound, idOf, resealSession } from '../session-fields/index.js';
import { isAboutOneSession } from './one-session-errors.js';
import { pauseBeforeAttempt } from './pause.js';
import {
  type ReencryptionOptions,
  type ReencryptionSettings,
  reencryptionSettings,
} from './reencryption-options.js';
import { type ReencryptionReport, ReencryptionTally } from './reencryption-report.js';
import { visitSessions } from './visit-sessions.js';

/** How often one session is tried while others keep changing it. */
const attemptsAtMost = 50;
/** How often a catalog without `loadSession` is gone through to find changed sessions again. */
const passesAtMost = 10;
/** How many sessions wait for another pass at most; those beyond are reported as unresolved. */
const pendingAtMost = 10_000;

/**
 * Seals every session of a store with the primary key of the ring. Runs while apps use the store,
 * and beside other runs; running it again continues, as what is current is skipped. Needs memory
 * for `concurrency` sessions and what the catalog reads ahead.
 *
 * @param catalog The store: a `KeyvSessionStorage`, or the catalog of an official session storage.
 * @param options See {@link ReencryptionOptions}.
 * @returns What was done. A run that the signal ends resolves too, with `aborted`.
 * @throws {RunIncompleteError} The store failed: its error is the `cause`, `report` says what was done.
 * @throws {OptionInvalidError} An option means nothing, or the store is not atomic and that is not allowed.
 * @throws {KeyringInvalidError} No `keyring` is given, and the environment holds no usable one.
 *
 * @example
 * const catalog = openSessionStorage('redis://localhost');
 * const report = await reencryptSessions(catalog, { keyring: Keyring.fromEnv() });
 * console.log(`${report.reencrypted} of ${report.scanned} sessions re-encrypted`, report.byKid);
 */
export async function reencryptSessions<S extends SessionLike>(
  catalog: SessionCatalog<S>,
  options: ReencryptionOptions = {},
): Promise<ReencryptionReport> {
  const settings = reencryptionSettings(catalog, options);
  const run = new Reencryption(catalog, settings);
  try {
    await run.go();
  } catch (cause) {
    const { scanned } = run.tally;
    run.tally.aborted = true;
    const why = cause instanceof SessionEncryptionError ? cause.message : 'The store failed.';
    throw new RunIncompleteError(
      `Re-encryption stopped after ${scanned} sessions: ${why} Run it again to continue.`,
      run.tally.toReport(),
      cause,
    );
  }
  return run.tally.toReport();
}

class Reencryption<S extends SessionLike> {
  readonly tally: ReencryptionTally;
  readonly #catalog: SessionCatalog<S>;
  readonly #settings: ReencryptionSettings;
  /** The ids of changed sessions that only another pass can find again. */
  #pending = new Set<string>();

  constructor(catalog: SessionCatalog<S>, settings: ReencryptionSettings) {
    this.#catalog = catalog;
    this.#settings = settings;
    const { dryRun, mode, keyring } = settings;
    this.tally = new ReencryptionTally(dryRun, mode, keyring.primary);
  }

  async go(): Promise<void> {
    const { tally } = this;
    let complete = await this.#pass(
      async (session) => {
        tally.scanned++;
        await this.#bringUpToDate(session);
      },
      (error) => tally.countUnreadable(error.sessionId, error),
    );
    tally.aborted = !complete;
    for (let pass = 2; complete && this.#pending.size > 0 && pass <= passesAtMost; pass++) {
      const sought = this.#pending;
      this.#pending = new Set();
      complete = await this.#pass(async (session) => {
        if (sought.delete(session.id)) await this.#bringUpToDate(session);
      });
      if (complete) tally.gone += sought.size;
      else tally.unresolved += sought.size;
    }
    tally.unresolved += this.#pending.size;
    tally.primary = this.#settings.keyring.primary;
  }

  #pass(
    visit: (session: S) => Promise<void>,
    onUnreadable?: (error: SessionEncryptionError) => void,
  ): Promise<boolean> {
    const { onProgress } = this.#settings;
    return visitSessions(
      this.#catalog.sessions(),
      async (session) => {
        await visit(session);
        try {
          onProgress?.(this.tally);
        } catch {
          // The callback's own failure. Re-encryption goes on.
        }
      },
      { ...this.#settings, onUnreadable },
    );
  }

  /** Tries until the session is as it should be, or gone, or it turns out that it cannot be. */
  async #bringUpToDate(first: S): Promise<void> {
    const { tally } = this;
    const { signal } = this.#settings;
    const id = idOf(first);
    let stored: S | undefined = first;
    try {
      for (let attempt = 1; stored !== undefined; attempt++) {
        if (await this.#replace(stored)) return;
        tally.conflicts++;
        if (attempt >= attemptsAtMost || signal?.aborted) {
          tally.unresolved++;
          return;
        }
        if (this.#catalog.loadSession === undefined) {
          if (this.#pending.size < pendingAtMost) this.#pending.add(first.id);
          else tally.unresolved++;
          return;
        }
        await pauseBeforeAttempt(attempt);
        stored = await this.#catalog.loadSession(first.id);
      }
      tally.gone++;
    } catch (error) {
      if (!isAboutOneSession(error)) throw error;
      tally.countUnreadable(String(id), error);
    }
  }

  /** Whether the session is done with; false if it was changed or deleted in the meantime. */
  async #replace(stored: S): Promise<boolean> {
    const { tally } = this;
    const { session, fields } = await resealSession(stored, this.#settings);
    const before = fields.map((one) => ({ ...one.before, field: one.field }));
    const after = fields.map((one) => ({ ...one.after, field: one.field }));
    if (session === undefined) {
      this.#countAsLeft(stored, after);
      return true;
    }
    if (this.#settings.dryRun) {
      tally.countFields(before);
    } else {
      if (!(await this.#catalog.replaceSession(stored, session))) return false;
      tally.countFields(after);
    }
    tally.reencrypted++;
    return true;
  }

  #countAsLeft(stored: S, fields: readonly FieldFound[]): void {
    const { tally } = this;
    tally.countFields(fields);
    const unreadable = fields.find((found) => found.state === 'unreadable');
    if (unreadable?.state === 'unreadable') {
      tally.countUnreadable(String(idOf(stored)), unreadable.error);
    } else if (
      this.#settings.mode === 'rollback' ||
      fields.every(({ state }) => state === 'sealed')
    ) {
      tally.current++;
    }
  }
}
