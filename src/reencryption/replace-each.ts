// Writes several sessions by compare-and-swap: together where the catalog can, else one by one.
import type { SessionEncryptionError } from '../errors.js';
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
}

/** @throws What the catalog throws when the store fails. Of those not told by then nothing is known. */
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
      if (!isAboutOneSession(error)) throw error;
    }
  }
  await severalAtOnce(looks, async (look) => {
    try {
      tell(look, await catalog.replaceSession(look.stored, look.next));
    } catch (error) {
      if (!isAboutOneSession(error)) throw error;
      outcomes.refused(look, error);
    }
  });
}
