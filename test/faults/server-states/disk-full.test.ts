// A disk that is full: what needs room fails and says so, what is there can be read, and once there is
// room again the same storage stores.
import { randomBytes } from 'node:crypto';
import { Session } from '@shopify/shopify-api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openSessionStorage } from '../../../src/open/index.js';
import { canStartPostgres, startPostgres } from '../../servers/postgres.js';
import { whyNoSmallDisk } from '../../servers/small-disk.js';

const missing = whyNoSmallDisk();
if (missing !== undefined) {
  console.warn(`\n\u001B[1;33mSKIPPED: disks that are full, which need ${missing}.\u001B[0m\n`);
}

const shop = 'full.myshopify.com';
const sessionOf = (name: string, accessToken: string) =>
  new Session({ id: `${shop}_${name}`, shop, state: 's', isOnline: false, accessToken });
/** It needs room in any case. */
const large = sessionOf('large', randomBytes(300_000).toString('hex'));

/** Runs statements that fill a disk until it is full, by less and less. */
async function fillUp(run: (pages: number) => Promise<unknown>): Promise<void> {
  for (const pages of [1_000, 100, 10, 1]) {
    for (let isFull = false; !isFull; ) {
      isFull = await run(pages).then(
        () => false,
        () => true,
      );
    }
  }
}

// MariaDB 10.11 aborts where InnoDB finds the disk of a table full.
test.skipIf(missing !== undefined || !canStartPostgres())('PostgreSQL', async () => {
  const server = await startPostgres({ hasSmallDisk: true });
  onTestFinished(() => server.stop());
  await server.query(`CREATE TABLESPACE small LOCATION '${server.smallDisk}'`);
  await server.query('CREATE DATABASE app TABLESPACE small');
  await server.query('CREATE TABLE filler (page text) TABLESPACE small');
  await server.query('ALTER TABLE filler ALTER page SET STORAGE PLAIN');
  const url = Object.assign(new URL(server.url), { pathname: '/app' }).href;
  const storage = openSessionStorage<Session>(url, { deadline: 60_000 });
  onTestFinished(() => storage.disconnect());
  expect(await storage.storeSession(sessionOf('small', 'small'))).toBe(true);

  await fillUp((pages) =>
    server.query(`INSERT INTO filler SELECT repeat('x', 8000) FROM generate_series(1, ${pages})`),
  );
  await expect(storage.storeSession(large)).rejects.toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    message: expect.stringContaining('Nothing was written. It has no room left: make some.'),
    mayHaveTakenEffect: false,
    cause: { code: '53100' },
  });
  expect(await storage.loadSession(large.id)).toBeUndefined();
  expect((await storage.findSessionsByShop(shop)).map(({ id }) => id)).toEqual([`${shop}_small`]);

  // It needs a little room itself, as for what an INSERT that failed has left to be cleaned up.
  await vi.waitFor(() => server.query('DROP TABLE filler'), { timeout: 30_000, interval: 200 });
  expect(await storage.storeSession(large)).toBe(true);
  expect(await storage.loadSession(large.id)).toMatchObject({ accessToken: large.accessToken });
});
