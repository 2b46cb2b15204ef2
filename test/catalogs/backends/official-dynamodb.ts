// The catalog of @shopify/shopify-app-session-storage-dynamodb.
import { dynamodbCatalog } from '../../../src/catalogs/dynamodb/index.js';
import { dynamodbOf, officialDynamodb } from '../../conformance/backends/official-dynamodb.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const dynamodbBackend: CatalogBackend = {
  ...officialDynamodb,
  async connect(place) {
    const { storage, close } = await officialDynamodb.connect(place);
    const catalog = dynamodbCatalog(dynamodbOf(place));
    return {
      storage,
      catalog,
      async close() {
        await close();
        await catalog.disconnect?.();
      },
    };
  },
};
