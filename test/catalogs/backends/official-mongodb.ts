// The catalog of @shopify/shopify-app-session-storage-mongodb; see official-mongodb.ts for the server.
import { mongodbCatalog } from '../../../src/catalogs/mongodb/index.js';
import { mongodbClientOf, officialMongodb } from '../../conformance/backends/official-mongodb.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const mongodbBackend: CatalogBackend = {
  ...officialMongodb,
  async connect(place) {
    const { storage, close } = await officialMongodb.connect(place);
    const client = await mongodbClientOf(place);
    const database = client.db(place.name);
    const catalog = mongodbCatalog(database);
    const sessions = database.collection('shopify_sessions');
    return {
      storage,
      catalog,
      async damage(id) {
        await sessions.updateOne({ id }, { $unset: { shop: '' } });
        return () => sessions.deleteOne({ id });
      },
      async close() {
        await close();
        await client.close();
      },
    };
  },
};
