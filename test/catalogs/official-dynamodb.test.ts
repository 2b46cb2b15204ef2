import { expect, onTestFinished, test } from 'vitest';
import { dynamodbCatalog } from '../../src/catalogs/dynamodb/index.js';
import { dynamodbOf } from '../conformance/backends/official-dynamodb.js';
import { dynamodbBackend } from './backends/official-dynamodb.js';
import { sessionCatalogConformance } from './conformance.js';

sessionCatalogConformance(dynamodbBackend);

test('the catalog of DynamoDB estimates as many sessions as the table was said to have', async () => {
  const place = await dynamodbBackend.create('');
  onTestFinished(() => dynamodbBackend.drop(place));
  const client = dynamodbOf(place);
  onTestFinished(() => client.destroy());
  await expect(dynamodbCatalog(client).estimateSessions?.()).resolves.toBe(0);
  // dynalite does not count. DynamoDB does, every six hours.
  const describeTable = client.describeTable.bind(client);
  Object.assign(client, {
    describeTable: async (input: { TableName: string }) => {
      const { Table } = await describeTable(input);
      return { Table: { ...Table, ItemCount: 1_250 } };
    },
  });
  await expect(dynamodbCatalog(client).estimateSessions?.()).resolves.toBe(1_250);
});

test('the catalog of DynamoDB takes any number, and an invalid date for none', async () => {
  const place = await dynamodbBackend.create('');
  onTestFinished(() => dynamodbBackend.drop(place));
  const client = dynamodbOf(place);
  onTestFinished(() => client.destroy());
  const catalog = dynamodbCatalog(client);
  const session = { id: 'offline_a', shop: 'a.myshopify.com', state: '', isOnline: false };
  const far = { ...session, expires: new Date(Number.NaN), visits: 1e40 };
  await expect(catalog.replaceSession(undefined, far)).resolves.toBe(true);
  await expect(catalog.loadSession?.('offline_a')).resolves.toEqual({
    ...session,
    visits: 10n ** 40n,
  });
});

test('an attribute __proto__ of an item of DynamoDB plants no token', async () => {
  const place = await dynamodbBackend.create('');
  onTestFinished(() => dynamodbBackend.drop(place));
  const client = dynamodbOf(place);
  onTestFinished(() => client.destroy());
  await client.putItem({
    TableName: 'shopify_sessions',
    Item: { id: { S: 'offline_a' }, shop: { S: 'a.myshopify.com' }, state: { S: '' } },
  });
  // dynalite does not keep it. DynamoDB does, and JSON.parse makes it a property like any other.
  const planted: object = JSON.parse('{"__proto__":{"M":{"accessToken":{"S":"secret"}}}}');
  const getItem = client.getItem.bind(client);
  Object.assign(client, {
    getItem: async (input: Parameters<typeof client.getItem>[0]) => {
      const { Item = {} } = await getItem(input);
      return { Item: Object.defineProperties(Item, Object.getOwnPropertyDescriptors(planted)) };
    },
  });

  const session = await dynamodbCatalog(client).loadSession?.('offline_a');

  expect(Object.getPrototypeOf(session)).toBe(Object.prototype);
  expect(session?.accessToken).toBeUndefined();
  expect(session).toMatchObject({ id: 'offline_a', shop: 'a.myshopify.com' });
});
