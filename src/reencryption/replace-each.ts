// Writes several sessions by compare-and-swap: together where the catalog can, else one by one.
import { type SessionEncryptionError, StoreUnavailableError } from '../errors.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { Look } from './look.js';
import { isAboutOneSession } from './one-session-errors.js';
import { severalAtOnce } from './several-at-once.js';

/** What became of each. */
interface Outcomes<S> {
  replaced(look: Look<S>): void;
  /** It is not as it was read, or the store passed over it. */
  left(look: Look<S>): void;
  /** The store has no room for it, does not take it, or it is not as it should be. */
  refused(look: Look<S>, error: SessionEncryptionError): void;
  /** Where the store fails, it may have been written all the same. */
  doubtful(look: Look<S>): void;
}

/** @throws What the catalog throws when the store fails. Those not told by then were not written. */
export async function replaceEach<S>(
  catalog: SessionCatalog<S>,
  looks: readonly Look<S>[],
  outcomes: Outcomes<S>,
): Promise<void> {
  await severalAtOnce(await replaceTogether(catalog, looks, outcomes), async (look) => {
    try {
      if (await catalog.replaceSession(look.stored, look.next)) outcomes.replaced(look);
      else outcomes.left(look);
    } catch (error) {
      if (!isAboutOneSession(error)) throw failureOf(error, [look], outcomes);
      outcomes.refused(look, error);
    }
  });
}

/** Answers those that are to be tried by themselves, which says of each why it was not replaced. */
async function replaceTogether<S>(
  catalog: SessionCatalog<S>,
  looks: readonly Look<S>[],
  outcomes: Outcomes<S>,
): Promise<readonly Look<S>[]> {
  if (looks.length < 2 || catalog.replaceSessions === undefined) return looks;
  try {
    const changes = looks.map(({ stored, next }) => ({ current: stored, next }));
    const done = await catalog.replaceSessions(changes);
    for (const [at, look] of looks.entries()) if (done[at] === true) outcomes.replaced(look);
    return looks.filter((_look, at) => done[at] !== true);
  } catch (error) {
    if (!isAboutOneSession(error)) throw failureOf(error, looks, outcomes);
    // Of a catalog of the app's own, which may have written those before it.
    for (const look of looks) outcomes.doubtful(look);
    return looks;
  }
}

/** The error of a store that failed while it wrote sessions, which are told unless it wrote none of them. */
function failureOf<S>(error: unknown, looks: readonly Look<S>[], outcomes: Outcomes<S>): unknown {
  if (!(error instanceof StoreUnavailableError) || error.mayHaveTakenEffect) {
    for (const look of looks) outcomes.doubtful(look);
  }
  return error;
}
