// The module that `encrypted-sessions rotate --catalog` is given. It opens the store that the
// environment names, and kills its own process in the middle, as the kernel kills one.
import type { SessionCatalog, SessionChange, SessionLike } from '../../../src/index.js';
import { loadSubject } from '../subject.js';
import type { CatalogMessage, CatalogOptions } from './protocol.js';

const options = JSON.parse(process.env.TORTURED_CATALOG ?? '{}') as CatalogOptions;

export default async function openCatalog(): Promise<SessionCatalog<SessionLike>> {
  const subject = await loadSubject(options.subject);
  const { catalog, close } = await subject.connect(options.place);
  let replacements = 0;
  const tell = (done: readonly boolean[]) => {
    const replaced = done.filter(Boolean).length;
    const { killedAt = Number.POSITIVE_INFINITY } = options;
    if (replacements < killedAt && replacements + replaced >= killedAt) {
      // Now or very soon: others of the run are on their way, or just done.
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 4);
    }
    replacements += replaced;
    const message: CatalogMessage = { replaced, conflicts: done.length - replaced };
    process.send?.(message);
  };
  const { replaceSessions } = catalog;
  return {
    sessions: () => catalog.sessions(),
    loadSession: async (id) => catalog.loadSession?.(id),
    async replaceSession(current, next) {
      const replaced = await catalog.replaceSession(current, next);
      tell([replaced]);
      return replaced;
    },
    ...(options.isBlind && { replaceSessions: (changes) => replaceBlindly(catalog, changes) }),
    ...(!options.isBlind &&
      replaceSessions && {
        async replaceSessions(changes) {
          const done = await replaceSessions.call(catalog, changes);
          tell(done);
          return done;
        },
      }),
    disconnect: close,
  };
}

/**
 * Writes what was sealed over whatever is stored now, as a batch of plain UPDATEs does, once a writer
 * has changed one of them.
 */
async function replaceBlindly(
  catalog: SessionCatalog<SessionLike>,
  changes: readonly SessionChange<SessionLike>[],
): Promise<boolean[]> {
  const isChanged = async ({ current }: SessionChange<SessionLike>) => {
    const stored = await catalog.loadSession?.(current.id);
    return stored !== undefined && stored.accessToken !== current.accessToken;
  };
  for (let hasChanged = changes.length === 0; !hasChanged; ) {
    for (const change of changes) hasChanged ||= await isChanged(change);
  }
  await Promise.all(
    changes.map(async ({ next }) => {
      for (;;) {
        const stored = await catalog.loadSession?.(next.id);
        if (stored === undefined || (await catalog.replaceSession(stored, next))) return;
      }
    }),
  );
  return changes.map(() => true);
}
