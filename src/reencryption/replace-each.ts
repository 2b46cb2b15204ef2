// Writes several sessions by compare-and-swap: together where the catalog can, else one by one.
import type { SessionEncryptionError } from '../errors.js';
import type { SessionCatalog, SessionChange } from '../session-catalog.js';
import { isAboutOneSession } from './one-session-errors.js';
import { severalAtOnce } from './several-at-once.js';

/** A session as it was read, and what is to be stored in its place. */
export interface Replacement<S> {
  readonly stored: S;
  readonly next: S;
}

/** What became of each. */
export interface ReplacementOutcomes<R> {
  replaced(replacement: R): void;
  /** It has changed since it was read, or is gone. */
  changed(replacement: R): void;
  /** The store has no room for it, or it is not as it should be. */
  refused(replacement: R, error: SessionEncryptionError): void;
}

/** @throws What the catalog throws when the store fails. Of those not told by then nothing is known. */
export async function replaceEach<S, R extends Replacement<S>>(
  catalog: SessionCatalog<S>,
  replacements: readonly R[],
  outcomes: ReplacementOutcomes<R>,
): Promise<void> {
  const tell = (replacement: R, done: boolean | undefined) => {
    if (done === true) outcomes.replaced(replacement);
    else outcomes.changed(replacement);
  };
  if (replacements.length > 1 && catalog.replaceSessions !== undefined) {
    const changes: SessionChange<S>[] = replacements.map(({ stored, next }) => ({
      current: stored,
      next,
    }));
    try {
      const done = await catalog.replaceSessions(changes);
      for (const [at, replacement] of replacements.entries()) tell(replacement, done[at]);
      return;
    } catch (error) {
      // One of them is at fault: the others go without it.
      if (!isAboutOneSession(error)) throw error;
    }
  }
  await severalAtOnce(replacements, async (replacement) => {
    try {
      tell(replacement, await catalog.replaceSession(replacement.stored, replacement.next));
    } catch (error) {
      if (!isAboutOneSession(error)) throw error;
      outcomes.refused(replacement, error);
    }
  });
}
