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
      if (++replacements === options.killedAt) {
        // Now, or with this replacement and others of the run on their way or just done.
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 4);
      }
      const replaced = await catalog.replaceSession(current, next);
      const message: CatalogMessage = { replaced };
      process.send?.(message);
      return replaced;
    },
    disconnect: close,
  };
}
