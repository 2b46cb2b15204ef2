// The catalog of @shopify/shopify-app-session-storage-kv.
import { kvCatalog } from '../../../src/catalogs/kv/index.js';
import { emptyKv, kvNamespaceOf, officialKv } from '../../conformance/backends/official-kv.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const kvBackend: CatalogBackend = {
  ...officialKv,
  atomic: false,
  many: 150,
  async connect(place) {
    const { storage, close } = await officialKv.connect(place);
    const namespace = await kvNamespaceOf(place);
    return {
      storage,
      // A busy machine may take its time for many calls at once.
      catalog: kvCatalog(namespace, { deadline: 30_000 }),
      async damage(id) {
        await namespace.put(id, String(await namespace.get(id)).slice(0, -3));
        return () => namespace.delete(id);
      },
      empty: () => emptyKv(place),
      close,
    };
  },
};
