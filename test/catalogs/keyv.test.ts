// KeyvSessionStorage is a catalog itself, and does what the others do.
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import type { SessionCatalog } from '../../src/index.js';
import type { Backend } from '../conformance/backend.js';
import { keyv5Memory } from '../conformance/backends/keyv-memory.js';
import { keyv5Postgres } from '../conformance/backends/keyv-postgres.js';
import { keyv6Redis } from '../conformance/backends/keyv-redis.js';
import { openedSqlite } from '../conformance/backends/opened-sqlite.js';
import { sessionCatalogConformance } from './conformance.js';

for (const backend of [keyv5Memory, keyv5Postgres, keyv6Redis, openedSqlite]) {
  sessionCatalogConformance(catalogOf(backend));
}

function catalogOf(backend: Backend) {
  return {
    ...backend,
    async connect(place: Parameters<Backend['connect']>[0]) {
      const { storage, close } = await backend.connect(place);
      return { storage, catalog: storage as unknown as SessionCatalog<StoredSession>, close };
    },
  };
}
