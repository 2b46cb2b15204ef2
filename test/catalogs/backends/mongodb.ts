// The catalog of @shopify/shopify-app-session-storage-mongodb; see official-mongodb.ts for the server.
import { mongodbCatalog } from '../../../src/catalogs/mongodb/index.js';
import { mongodbClientOf, officialMongodb } from '../../conformance/backends/official-mongodb.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const mongodbBackend: CatalogBackend = {
  ...officialMongodb,
  async connect(place) {
    const { storage, close } = await officialMongodb.connect(place);
    const client = await mongodbClientOf(place);
    const catalog = mongodbCatalog(client.db(place.name));
    return {
      storage,
      catalog,
      async close() {
        await close();
        await client.close();
      },
    };
  },
};
