// Writes several sessions by compare-and-swap: together where the catalog can, else one by one.
import { type SessionEncryptionError, StoreUnavailableError } from '../errors.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { Look } from './look.js';
import { isAboutOneSession } from './one-session-errors.js';
import { severalAtOnce } from './several-at-once.js';

/** What became of each. */
interface Outcomes<S> {
  replaced(look: Look<S>): void;
  /** It has changed since it was read, or is gone. */
  changed(look: Look<S>): void;
  /** The store has no room for it, or it is not as it should be. */
  refused(look: Look<S>, error: SessionEncryptionError): void;
  /** The store failed, and it may have been written all the same. */
  doubtful(look: Look<S>): void;
}

/** @throws What the catalog throws when the store fails. Those not told by then were not written. */
export async function replaceEach<S>(
  catalog: SessionCatalog<S>,
  looks: readonly Look<S>[],
  outcomes: Outcomes<S>,
): Promise<void> {
  const tell = (look: Look<S>, done: boolean | undefined) => {
    if (done === true) outcomes.replaced(look);
    else outcomes.changed(look);
  };
  if (looks.length > 1 && catalog.replaceSessions !== undefined) {
    const changes = looks.map(({ stored, next }) => ({ current: stored, next }));
    try {
      const done = await catalog.replaceSessions(changes);
      for (const [at, look] of looks.entries()) tell(look, done[at]);
      return;
    } catch (error) {
      // One of them is at fault: the others go without it.
      if (!isAboutOneSession(error)) throw failureOf(error, looks, outcomes);
    }
  }
  await severalAtOnce(looks, async (look) => {
    try {
      tell(look, await catalog.replaceSession(look.stored, look.next));
    } catch (error) {
      if (!isAboutOneSession(error)) throw failureOf(error, [look], outcomes);
      outcomes.refused(look, error);
    }
  });
}

/** The error of a store that failed while it wrote sessions, which are told unless it wrote none of them. */
function failureOf<S>(error: unknown, looks: readonly Look<S>[], outcomes: Outcomes<S>): unknown {
  if (!(error instanceof StoreUnavailableError) || error.mayHaveTakenEffect) {
    for (const look of looks) outcomes.doubtful(look);
  }
  return error;
}
