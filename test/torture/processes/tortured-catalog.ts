// The module that `encrypted-sessions rotate --catalog` is given. It opens the store that the
// environment names, and kills its own process in the middle, as the kernel kills one.
import type { SessionCatalog, SessionLike } from '../../../src/index.js';
import { loadSubject } from '../subject.js';
import type { CatalogMessage, CatalogOptions } from './protocol.js';

const options = JSON.parse(process.env.TORTURED_CATALOG ?? '{}') as CatalogOptions;

export default async function openCatalog(): Promise<SessionCatalog<SessionLike>> {
  const subject = await loadSubject(options.subject);
  const { catalog, close } = await subject.connect(options.place);
  let replacements = 0;
  return {
    sessions: () => catalog.sessions(),
    loadSession: async (id) => catalog.loadSession?.(id),
    async replaceSession(current, next) {
      const replaced = await catalog.replaceSession(current, next);
      if (replaced && ++replacements === options.killedAt) {
        // Now or very soon: others of the run are on their way, or just done.
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 4);
      }
      const message: CatalogMessage = { replaced };
      process.send?.(message);
      return replaced;
    },
    disconnect: close,
  };
}
