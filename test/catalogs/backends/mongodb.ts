// The catalog of @shopify/shopify-app-session-storage-mongodb over a stand-in for the database. The
// storage below sends what the official one sends; see mongodb-stand-in.ts for what this shows.
import { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { mongodbCatalog } from '../../../src/catalogs/mongodb/index.js';
import type { CatalogBackend } from '../catalog-backend.js';
import { MongodbStandIn } from './mongodb-stand-in.js';

function mongodbStorage(database: MongodbStandIn): SessionStorage {
  const session = (document: object) => new Session(document as Session);
  const byId = (id: string) => ({ id: { $eq: id } });
  return {
    async storeSession(stored) {
      await database.replaceOrInsert(byId(stored.id), stored.toObject());
      return true;
    },
    async loadSession(id) {
      const document = await database.findOne(byId(id));
      return document === null ? undefined : session(document);
    },
    async deleteSession(id) {
      await database.deleteAll(byId(id));
      return true;
    },
    async deleteSessions(ids) {
      for (const id of ids) await database.deleteAll(byId(id));
      return true;
    },
    async findSessionsByShop(shop) {
      return (await database.findAll({ shop: { $eq: shop } })).map(session);
    },
  };
}

export const mongodbBackend: CatalogBackend = {
  name: 'a stand-in for MongoDB',
  server: undefined,
  create: async () => ({}),
  async connect() {
    const database = new MongodbStandIn();
    const catalog = mongodbCatalog(database);
    return { storage: mongodbStorage(database), catalog, close: async () => {} };
  },
  drop: async () => {},
};
