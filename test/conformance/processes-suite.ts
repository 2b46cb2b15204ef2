// Many processes store sessions of one shop at once, as the instances of an app do.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend, Connection, Place } from './backend.js';
import type { ProcessRequest } from './processes/protocol.js';
import { buildProcesses, type ProcessProgram, type StoringProcess } from './processes/start.js';
import { turnAtPostgres } from './processes/turn.js';

const processCount = 4;
// A shop of 2,000 sessions: SESSIONS_PER_PROCESS=500 npx vitest run test/conformance/keyv
const sessionsPerProcess = Number(process.env.SESSIONS_PER_PROCESS ?? 50);

// One for all storages of a test file.
let program: Promise<ProcessProgram> | undefined;
afterAll(async () => (await program)?.remove());

/** Registers the tests; each has a shop of its own in a place that was empty. */
export function processesSuite(backend: Backend, server: () => Promise<string>): void {
  const keys = `2026-11:${randomBytes(32).toString('base64url')}`;
  let place: Place | undefined;
  let connection: Connection;
  let storage: Connection['storage'];
  let processes: StoringProcess[] = [];
  let endTurn: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    program ??= buildProcesses();
    const { start } = await program;
    const url = await server();
    if (backend.server === 'postgres') endTurn = await turnAtPostgres(url);
    const created = await backend.create(url);
    place = created;
    connection = await backend.connect(created);
    storage = new EncryptedSessionStorage(connection.storage, { keyring: Keyring.parse(keys) });
    // All are ready before any begins.
    processes = await Promise.all(
      Array.from({ length: processCount }, () =>
        start({ backend: backend.name, place: created, keys }),
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end()));
    await connection?.close();
    if (place !== undefined) await backend.drop(place);
    await endTurn?.();
  });

  /** Has the process do it to sessions of its own. */
  const run = (task: ProcessRequest['task'], shop: string, process: StoringProcess) =>
    process.run({
      task,
      shop,
      firstUser: 1 + processes.indexOf(process) * sessionsPerProcess,
      users: sessionsPerProcess,
    });
  const found = async (shop: string) =>
    (await storage.findSessionsByShop(shop)).map(({ id }) => id).sort();

  test('none of the sessions is lost, and none is left after uninstalling', async () => {
    const shop = 'busy.myshopify.com';
    const stored = await Promise.all(processes.map((process) => run('store', shop, process)));
    const ids = stored.flat().sort();
    expect(ids).toHaveLength(processCount * sessionsPerProcess);
    for (const id of ids) {
      const session = await storage.loadSession(id);
      expect(session?.accessToken).toMatch(/^shpua_/);
    }
    if (backend.capabilities.exactIndex) await expect(found(shop)).resolves.toEqual(ids);
    await storage.deleteSessions(ids);
    await expect(found(shop)).resolves.toEqual([]);
    const contents = await connection.raw();
    for (const id of ids) expect(contents).not.toContain(`"${id}"`);
  });

  test.runIf(backend.capabilities.exactIndex)(
    'sessions that are stored while others are deleted stay, and only those',
    async () => {
      const shop = 'changing.myshopify.com';
      const leaving = processes.slice(0, processCount / 2);
      const coming = processes.slice(processCount / 2);
      await Promise.all(leaving.map((process) => run('store', shop, process)));
      const [stored] = await Promise.all([
        Promise.all(coming.map((process) => run('store', shop, process))),
        ...leaving.map((process) => run('delete', shop, process)),
      ]);
      await expect(found(shop)).resolves.toEqual(stored.flat().sort());
    },
  );

  test.runIf(backend.capabilities.exactIndex)(
    'sessions that some store while others delete the same are found exactly if they are there',
    async () => {
      const shop = 'contended.myshopify.com';
      for (let round = 0; round < 3; round++) {
        const [ids = []] = await Promise.all(
          processes.map((process, index) =>
            process.run({
              task: index % 2 === 0 ? 'store' : 'delete',
              shop,
              firstUser: 1,
              users: sessionsPerProcess,
            }),
          ),
        );
        const there: string[] = [];
        for (const id of ids) if (await storage.loadSession(id)) there.push(id);
        await expect(found(shop)).resolves.toEqual(there.sort());
      }
    },
  );
}
