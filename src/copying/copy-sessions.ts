// Copies every session of one store to another as it is stored: sealed tokens stay sealed, no key
// is needed. A session that the destination has already is only replaced by compare-and-swap.
import { RunIncompleteError, SessionEncryptionError } from '../errors.js';
import {
  assertCatalog,
  isAboutOneSession,
  pauseBeforeAttempt,
  visitSessions,
} from '../reencryption/internal.js';
import { resemblesSealedToken } from '../sealed-token/index.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import {
  assertDestination,
  type CopyOptions,
  type CopySettings,
  copySettings,
  type DestinationCatalog,
} from './copy-options.js';
import type { CopyReport, RefusedSession } from './copy-report.js';
import { isSameSession } from './same-session.js';
import { verifyCopy } from './verify-copy.js';

/** How often one session is tried while others keep changing it in the destination. */
const attemptsAtMost = 50;
/** How many ids of differing sessions a report names. */
const namedAtMost = 100;

/**
 * Copies sessions from one store to another as they are stored: sealed tokens stay sealed, and no
 * key is needed. What the destination has already is skipped, so that running it again continues.
 * At the end both stores are gone through once more, counted and compared.
 *
 * @param source The store that is read.
 * @param destination The store that is written to; its catalog must have `loadSession`.
 * @param options See {@link CopyOptions}.
 * @returns What was done. A run that the signal ends resolves too, with `aborted`.
 * @throws {RunIncompleteError} A store failed: its error is the `cause`, `report` says what was done.
 * @throws {OptionInvalidError} A catalog cannot be copied from or to, an option means nothing, or the
 * destination is not atomic and that is not allowed.
 *
 * @example
 * const source = openSessionStorage('redis://localhost');
 * const destination = openSessionStorage('postgres://localhost/app');
 * const { copied, verification } = await copySessions(source, destination);
 * console.log(`${copied} copied, ${verification?.missing} missing`);
 */
export async function copySessions(
  source: SessionCatalog<SessionLike>,
  destination: SessionCatalog<SessionLike>,
  options: CopyOptions = {},
): Promise<CopyReport> {
  assertCatalog(source);
  assertDestination(destination);
  const settings = copySettings(destination, options);
  const copy = new Copy(destination, settings);
  try {
    const complete = await visitSessions(source.sessions(), (one) => copy.copy(one), {
      ...settings,
      onUnreadable: (error) => copy.refuse(error.sessionId, error),
    });
    if (!complete || settings.signal?.aborted) return { ...copy.report, aborted: true };
    if (settings.dryRun) return copy.report;
    const verification = await verifyCopy(source, destination, settings);
    return verification === undefined
      ? { ...copy.report, aborted: true }
      : { ...copy.report, verification };
  } catch (cause) {
    const why = cause instanceof SessionEncryptionError ? cause.message : 'A store failed.';
    throw new RunIncompleteError<CopyReport>(
      `Copying stopped after ${copy.report.scanned} sessions: ${why} Run it again to continue.`,
      { ...copy.report, aborted: true },
      cause,
    );
  }
}

type Outcome = 'copied' | 'updated' | 'same' | 'different' | 'unresolved';

class Copy {
  readonly report = {
    dryRun: false,
    scanned: 0,
    copied: 0,
    updated: 0,
    same: 0,
    different: 0,
    differentSessions: [] as string[],
    refused: 0,
    refusedSessions: [] as RefusedSession[],
    plaintext: 0,
    unresolved: 0,
    aborted: false,
  };
  readonly #destination: DestinationCatalog;
  readonly #settings: CopySettings;

  constructor(destination: DestinationCatalog, settings: CopySettings) {
    this.#destination = destination;
    this.#settings = settings;
    this.report.dryRun = settings.dryRun;
  }

  async copy(session: SessionLike): Promise<void> {
    const { report } = this;
    report.scanned++;
    if (holdsPlaintext(session)) report.plaintext++;
    try {
      const outcome = await this.#outcome(session);
      report[outcome]++;
      if (outcome === 'different' && report.differentSessions.length < namedAtMost) {
        report.differentSessions.push(session.id);
      }
    } catch (error) {
      if (!isAboutOneSession(error)) throw error;
      this.refuse(session.id, error);
    }
    this.#settings.onProgress('copy', report.scanned);
  }

  /** Counts what cannot be copied. */
  refuse(sessionId: string | undefined, { code, message }: SessionEncryptionError): void {
    const { report } = this;
    report.refused++;
    if (report.refusedSessions.length < namedAtMost) {
      report.refusedSessions.push({ sessionId, code, message });
    }
  }

  async #outcome(session: SessionLike): Promise<Outcome> {
    const { update, dryRun, signal } = this.#settings;
    for (
      let attempt = 1;
      attempt <= attemptsAtMost && !(attempt > 1 && signal?.aborted);
      attempt++
    ) {
      if (!dryRun && (await this.#destination.replaceSession(undefined, session))) return 'copied';
      const existing = await this.#destination.loadSession(session.id);
      if (existing === undefined) {
        if (dryRun) return 'copied';
      } else {
        if (isSameSession(session, existing)) return 'same';
        if (!update) return 'different';
        if (dryRun || (await this.#destination.replaceSession(existing, session))) return 'updated';
      }
      await pauseBeforeAttempt(attempt);
    }
    return 'unresolved';
  }
}

function holdsPlaintext(session: SessionLike): boolean {
  const { accessToken, refreshToken } = session as {
    accessToken?: unknown;
    refreshToken?: unknown;
  };
  return [accessToken, refreshToken].some(
    (token) => typeof token === 'string' && token !== '' && !resemblesSealedToken(token),
  );
}
