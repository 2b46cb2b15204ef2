// Many processes store sessions of one shop at once, as the instances of an app do.
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend, Connection, Place } from './backend.js';
import { buildProcesses, type StoringProcess } from './processes/start.js';

const shop = 'busy.myshopify.com';
const processes = 4;
const sessionsPerProcess = 50;

/** Registers the tests; each has a new and empty place. */
export function processesSuite(backend: Backend, server: () => Promise<string>): void {
  const keys = `2026-11:${randomBytes(32).toString('base64url')}`;
  let built: Awaited<ReturnType<typeof buildProcesses>>;
  let place: Place;
  let connection: Connection;
  let started: StoringProcess[] = [];
  beforeAll(async () => {
    built = await buildProcesses();
  });
  afterAll(() => built?.remove());
  beforeEach(async () => {
    place = await backend.create(await server());
    connection = await backend.connect(place);
  });
  afterEach(async () => {
    await endAll();
    await connection.close();
    await backend.drop(place);
  });

  /** Ready processes, so that all begin at the same moment. Each has its own sessions, or all the same. */
  const startAll = async (sameSessions = false) => {
    started = await Promise.all(
      Array.from({ length: processes }, (_, index) => {
        const process = sameSessions ? 0 : index;
        return built.start({ backend: backend.name, place, keys, shop, process });
      }),
    );
    return started;
  };
  const endAll = async () => {
    await Promise.all(started.splice(0).map((process) => process.end()));
  };
  const run = (ready: StoringProcess[], task: 'store' | 'delete') =>
    Promise.all(ready.map((process) => process.run(task, sessionsPerProcess)));

  test('none of the sessions is lost, and none is left after uninstalling', async () => {
    const storage = new EncryptedSessionStorage(connection.storage, {
      keyring: Keyring.parse(keys),
    });
    const ready = await startAll();
    const stored = (await run(ready, 'store')).flat().sort();
    expect(stored).toHaveLength(processes * sessionsPerProcess);
    for (const id of stored) {
      const session = await storage.loadSession(id);
      expect(session?.accessToken).toMatch(/^shpua_/);
    }
    if (backend.capabilities.exactIndex) {
      const found = await storage.findSessionsByShop(shop);
      expect(found.map(({ id }) => id).sort()).toEqual(stored);
    }
    await storage.deleteSessions(stored);
    await endAll();
    await expect(storage.findSessionsByShop(shop)).resolves.toEqual([]);
    const contents = await connection.raw();
    for (const id of stored) expect(contents).not.toContain(`"${id}"`);
  });

  test.runIf(backend.capabilities.exactIndex)(
    'sessions that are stored while others are deleted stay, and only those',
    async () => {
      const storage = new EncryptedSessionStorage(connection.storage, {
        keyring: Keyring.parse(keys),
      });
      const ready = await startAll();
      const leaving = ready.slice(0, processes / 2);
      const coming = ready.slice(processes / 2);
      await run(leaving, 'store');
      const [, stored] = await Promise.all([run(leaving, 'delete'), run(coming, 'store')]);
      await endAll();
      const found = await storage.findSessionsByShop(shop);
      expect(found.map(({ id }) => id).sort()).toEqual(stored.flat().sort());
    },
  );

  test.runIf(backend.capabilities.exactIndex)(
    'sessions that some store while others delete the same are found exactly if they are there',
    async () => {
      const storage = new EncryptedSessionStorage(connection.storage, {
        keyring: Keyring.parse(keys),
      });
      const ready = await startAll(true);
      for (let round = 0; round < 3; round++) {
        const [ids = []] = await Promise.all(
          ready.map((process, index) =>
            process.run(index % 2 === 0 ? 'store' : 'delete', sessionsPerProcess),
          ),
        );
        const there: string[] = [];
        for (const id of ids) if (await storage.loadSession(id)) there.push(id);
        const found = await storage.findSessionsByShop(shop);
        expect(found.map(({ id }) => id).sort()).toEqual(there.sort());
      }
    },
  );
}
