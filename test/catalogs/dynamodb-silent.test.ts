// A write that DynamoDB was sent and has not answered by the deadline may have taken effect, and the error says so.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dynamodbCatalog } from '../../src/catalogs/dynamodb/index.js';

const session = { id: 'offline_a', shop: 'a.myshopify.com', isOnline: false, accessToken: 'old' };

const requests: unknown[] = [];
const server = createServer((request) => {
  requests.push(request.headers['x-amz-target']);
  request.resume();
});
let client: DynamoDB;
beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new DynamoDB({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterEach(() => {
  client.destroy();
  server.closeAllConnections();
  server.close();
});

test('a write that was sent and is not answered may have taken effect', async () => {
  const catalog = dynamodbCatalog(client, { deadline: 2_000 });

  const told = catalog.replaceSession(undefined, session);

  await expect(told).rejects.toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    mayHaveTakenEffect: true,
    message: expect.not.stringContaining('Nothing was written'),
  });
  expect(requests).toEqual(['DynamoDB_20120810.PutItem']);
});
