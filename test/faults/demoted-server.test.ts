// A server that has a successor and lives on read-only is not read from once the successor has
// acknowledged a write, although connections to it are open and answer.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { canStartMysql } from '../servers/mysql.js';
import { canStartPostgres } from '../servers/postgres.js';
import { type FaultName, faultOf } from './faults.js';
import { type FaultyServer, startFaultyServer } from './faulty-server.js';
import { sessionOf, writeIn } from './sessions.js';
import { openSubject, type SubjectName } from './subjects.js';

interface Demotion {
  readonly kind: 'postgres' | 'mysql';
  readonly canStart: boolean;
  readonly subject: SubjectName;
  readonly fault: FaultName;
}

const demotions: readonly Demotion[] = [
  {
    kind: 'postgres',
    canStart: canStartPostgres(),
    subject: 'openSessionStorage, PostgreSQL',
    fault: 'failed over to a standby, the server lives on read-only',
  },
  {
    kind: 'mysql',
    canStart: canStartMysql(),
    subject: 'openSessionStorage, MySQL',
    fault: 'failed over to a MariaDB replica, the server lives on read-only',
  },
];

/** In milliseconds; nothing here waits for it. */
const deadline = 20_000;
/** Calls at once: as many as a pool has connections. */
const atOnce = 10;
const place = { id: 'offline_first.myshopify.com', shop: 'first.myshopify.com' };

describe.each(demotions)('$kind', ({ kind, canStart, subject, fault }) => {
  let server: FaultyServer;
  beforeAll(async () => {
    if (canStart) server = await startFaultyServer[kind]();
  });
  afterAll(() => server?.stop());

  test.skipIf(!canStart)('what was stored after a failover is what is loaded', async () => {
    const store = await server.newStore();
    const prepared = await faultOf(fault).prepare(server, store, deadline);
    onTestFinished(async () => {
      await server.network.restore();
      await prepared.cleanUp?.();
    });
    const { storage, close } = await openSubject(subject, store.url, deadline);
    onTestFinished(close);
    const load = async () => {
      const session = await storage.loadSession(place.id);
      return session && writeIn(session, place);
    };
    const loads = (count: number) => Promise.all(Array.from({ length: count }, load));
    await storage.storeSession(sessionOf(place, 1));
    expect(await loads(atOnce)).toEqual(Array(atOnce).fill(1));

    await prepared.begin?.();
    await prepared.end?.();
    // On a connection that is open and free.
    await expect(storage.storeSession(sessionOf(place, 2))).rejects.toThrow('read-only');
    let number = 2;
    let isStored = false;
    for (let refusals = 0; !isStored; refusals++) {
      // Each refusal closes one of the connections.
      expect(refusals).toBeLessThanOrEqual(atOnce);
      const storing = storage.storeSession(sessionOf(place, ++number)).catch(() => false);
      // At the same time others have the connections that are open.
      [isStored] = await Promise.all([storing, loads(atOnce - 1)]);
    }
    expect(await loads(atOnce)).toEqual(Array(atOnce).fill(number));
  });
});
