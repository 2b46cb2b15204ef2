// What the MongoDB driver keeps until there is a server again is not sent once its call was reported as
// failed, and neither is what it sends again by itself.
import { once } from 'node:events';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mongodbCatalog } from '../../src/catalogs/mongodb/index.js';
import { type ServedStandIn, serveMongodbStandIn } from '../conformance/backends/mongodb-wire.js';
import { TcpProxy } from '../faults/tcp-proxy.js';
import { untilAnswers } from '../faults/until.js';
import { everySession } from './sql-tables.js';

const session = { id: 'offline_a', shop: 'a.myshopify.com', isOnline: false, accessToken: 'old' };
const deadline = 150;

let served: ServedStandIn;
let network: TcpProxy;
let client: MongoClient;
beforeEach(async () => {
  served = await serveMongodbStandIn(true);
  network = await TcpProxy.start(Number(new URL(served.url).port));
  client = new MongoClient(`mongodb://127.0.0.1:${network.port}/?directConnection=true`, {
    maxPoolSize: 1,
    heartbeatFrequencyMS: 500,
  });
});
afterEach(async () => {
  await client.close();
  await network.stop();
  await served.stop();
});

const catalogOf = () => mongodbCatalog(client.db('app'), { deadline });
/** A session that was read. */
const stored = async (catalog: ReturnType<typeof catalogOf>) => {
  const [current] = await untilAnswers(() => everySession(catalog));
  if (current === undefined) throw new Error('The session is not there.');
  return current;
};
const storedTokens = () => served.standIn.documents.map(({ accessToken }) => accessToken);
/** Once the server has answered this, it has answered all that the driver sent before. */
const settle = () => client.db('app').command({ ping: 1 });

test('a write that waits for a server until the deadline is never sent', async () => {
  const catalog = catalogOf();
  await untilAnswers(() => catalog.replaceSession(undefined, session));
  const current = await stored(catalog);
  const noticed = once(client, 'serverDescriptionChanged');
  await network.refuse();
  await noticed;

  const told = catalog.replaceSession(current, { ...current, accessToken: 'late' });
  await expect(told).rejects.toMatchObject({ mayHaveTakenEffect: false });

  await network.restore();
  await settle();
  expect(storedTokens()).toEqual(['old']);
});

test('a write that the driver sends again by itself is not sent again after the deadline', async () => {
  const catalog = catalogOf();
  await untilAnswers(() => catalog.replaceSession(undefined, session));
  const current = await stored(catalog);
  const goOn = served.pause();

  const told = catalog.replaceSession(current, { ...current, accessToken: 'late' });
  const rejected = expect(told).rejects.toMatchObject({ mayHaveTakenEffect: true });
  await served.untilPaused();
  await network.refuse();
  await rejected;

  goOn();
  await network.restore();
  await settle();
  expect(storedTokens()).toEqual(['old']);
});
