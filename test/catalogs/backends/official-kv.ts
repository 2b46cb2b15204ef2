// The catalog of @shopify/shopify-app-session-storage-kv.
import { kvCatalog } from '../../../src/catalogs/kv/index.js';
import { kvNamespaceOf, officialKv } from '../../conformance/backends/official-kv.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const kvBackend: CatalogBackend = {
  ...officialKv,
  atomic: false,
  many: 150,
  async connect(place) {
    const { storage, close } = await officialKv.connect(place);
    return { storage, catalog: kvCatalog(await kvNamespaceOf(place)), close };
  },
};
