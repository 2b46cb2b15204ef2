// @shopify/shopify-app-session-storage-mongodb with the real driver: on the server that
// TEST_MONGODB_URL names, else on a stand-in, as no MongoDB server can be had from Debian or npm.
import { MongoDBSessionStorage } from '@shopify/shopify-app-session-storage-mongodb';
import { BSON } from 'bson';
import { MongoClient } from 'mongodb';
import { type Backend, officialCapabilities, type Place, uniqueName } from '../backend.js';
import { type ServedStandIn, serveMongodbStandIn } from './mongodb-wire.js';

const { TEST_MONGODB_URL } = process.env;
const collectionName = 'shopify_sessions';

/** The stand-ins of this process, by the name of their database. */
const standIns = new Map<string, ServedStandIn>();

export const officialMongodb: Backend = {
  name: `official MongoDB on ${TEST_MONGODB_URL === undefined ? 'a stand-in' : 'a server'}`,
  server: undefined,
  capabilities: { ...officialCapabilities, processes: false },
  async create() {
    const name = uniqueName();
    if (TEST_MONGODB_URL !== undefined) return { name, url: TEST_MONGODB_URL };
    const standIn = await serveMongodbStandIn();
    standIns.set(name, standIn);
    return { name, url: standIn.url };
  },
  async connect(place) {
    const { name = '', url = '' } = place;
    const storage = new MongoDBSessionStorage(new URL(url), name);
    await storage.ready;
    const client = await mongodbClientOf(place);
    return {
      storage,
      async raw() {
        const documents = await client.db(name).collection(collectionName).find().toArray();
        return BSON.EJSON.stringify(documents);
      },
      async close() {
        await storage.disconnect();
        await client.close();
      },
    };
  },
  async drop({ name = '', url = '' }) {
    await standIns.get(name)?.stop();
    if (standIns.delete(name)) return;
    const client = await mongodbClientOf({ url });
    await client.db(name).dropDatabase();
    await client.close();
  },
};

/** The stand-in that a place is on. */
export function mongodbStandInOf({ name = '' }: Place): ServedStandIn {
  const standIn = standIns.get(name);
  if (standIn === undefined) throw new Error('This place is on a server.');
  return standIn;
}

/** A client of the place's server, connected. */
export function mongodbClientOf({ url = '' }: Place): Promise<MongoClient> {
  return new MongoClient(url).connect();
}
