// The catalog of @shopify/shopify-app-session-storage-dynamodb.
import { dynamodbCatalog } from '../../../src/catalogs/dynamodb/index.js';
import { dynamodbOf, officialDynamodb } from '../../conformance/backends/official-dynamodb.js';
import type { CatalogBackend } from '../catalog-backend.js';

export const dynamodbBackend: CatalogBackend = {
  ...officialDynamodb,
  async connect(place) {
    const { storage, close } = await officialDynamodb.connect(place);
    const client = dynamodbOf(place);
    const catalog = dynamodbCatalog(client);
    return {
      storage,
      catalog,
      async damage(id) {
        const record = { TableName: 'shopify_sessions', Key: { id: { S: id } } };
        await client.updateItem({ ...record, UpdateExpression: 'REMOVE shop' });
        return () => client.deleteItem(record);
      },
      async close() {
        await close();
        await catalog.disconnect?.();
      },
    };
  },
};
