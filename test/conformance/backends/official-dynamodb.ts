// @shopify/shopify-app-session-storage-dynamodb on dynalite, which speaks DynamoDB's protocol.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DynamoDB, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBSessionStorage } from '@shopify/shopify-app-session-storage-dynamodb';
import dynalite from 'dynalite';
import { type Backend, officialCapabilities, uniqueName } from '../backend.js';

const sessionTableName = 'shopify_sessions';

/** The servers of this process, by the name of their place. */
const servers = new Map<string, ReturnType<typeof dynalite>>();

export const officialDynamodb: Backend = {
  name: 'official DynamoDB on dynalite',
  server: undefined,
  capabilities: { ...officialCapabilities, processes: false, exactFields: true },
  async create() {
    const name = uniqueName();
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
    // Node's 5 seconds may end while a request is on its way.
    server.keepAliveTimeout = 0;
    servers.set(name, server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const place = { name, endpoint: `http://127.0.0.1:${port}` };
    const client = dynamodbOf(place);
    // The table that the storage's README asks for.
    await client.createTable({
      TableName: sessionTableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'shop', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'shop_index',
          KeySchema: [{ AttributeName: 'shop', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    client.destroy();
    return place;
  },
  async connect(place) {
    const storage = new DynamoDBSessionStorage({
      config: configOf(place),
      sessionTableName,
      shopIndexName: 'shop_index',
    });
    const client = dynamodbOf(place);
    return {
      storage,
      raw: async () => JSON.stringify((await client.scan({ TableName: sessionTableName })).Items),
      close: async () => client.destroy(),
    };
  },
  async drop({ name = '' }) {
    const server = servers.get(name);
    servers.delete(name);
    server?.closeAllConnections();
    server?.close();
  },
};

/** A client of the place's server. */
export function dynamodbOf(place: Readonly<Record<string, string>>): DynamoDB {
  return new DynamoDB(configOf(place));
}

function configOf({ endpoint = '' }: Readonly<Record<string, string>>): DynamoDBClientConfig {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { endpoint, region: 'local', credentials };
}
