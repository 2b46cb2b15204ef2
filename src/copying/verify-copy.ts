// Checks that everything in the source has arrived in the destination, and counts both.

import { callSafely } from '../app-callback.js';
import { inBatches, isAboutOneSession, severalAtOnce } from '../reencryption/internal.js';
import { isSameSession } from '../same-session.js';
import { lastUseOf, type SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { CopySettings, DestinationCatalog } from './copy-options.js';
import type { CopyVerification } from './copy-report.js';

/** Goes through both stores once more; undefined if the signal ended it. */
export async function verifyCopy(
  source: SessionCatalog<SessionLike>,
  destination: DestinationCatalog,
  settings: CopySettings,
): Promise<CopyVerification | undefined> {
  const found = { source: 0, destination: 0, same: 0, different: 0, missing: 0, expired: 0 };
  const compare = async (session: SessionLike) => {
    found.source++;
    const copy = await load(destination, session.id);
    if (copy === 'unreadable') found.different++;
    else if (copy?.id !== session.id)
      found[Number(lastUseOf(session)) < Date.now() ? 'expired' : 'missing']++;
    else found[isSameSession(session, copy) ? 'same' : 'different']++;
  };
  type Visit = (batch: readonly SessionLike[]) => Promise<void>;
  const each = (catalog: SessionCatalog<SessionLike>, visit: Visit) =>
    inBatches(
      catalog.sessions(),
      { ...settings, onUnreadable() {} },
      async (batch) => batch,
      visit,
    );
  const complete =
    (await each(source, async (batch) => {
      await severalAtOnce(batch, compare);
      callSafely(settings.onProgress, 'verify', found.source);
    })) &&
    (await each(destination, async (batch) => {
      found.destination += batch.length;
    }));
  return complete ? found : undefined;
}

async function load(catalog: DestinationCatalog, id: string) {
  try {
    return await catalog.loadSession(id);
  } catch (error) {
    if (isAboutOneSession(error)) return 'unreadable';
    throw error;
  }
}
