// A server is killed in the middle of rotate and of copy, and started again: the run ends with a
// clear error, and another run completes.
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Connection, Place } from '../conformance/backend.js';
import { offlineSession } from '../conformance/sessions.js';
import { type KilledStore, killedStores } from './killed-stores.js';
import { packedProgram } from './program.js';
import { bothKeys, newKey, oldKey, storeOnOldKey, temporaryFolder } from './scene.js';
import { catalogOfUrl, stopBefore, stopped, stoppingCatalog } from './stopping-catalog.js';

const program = await packedProgram();

type App = EncryptedSessionStorage<Connection['storage']>;

/** One of each kind: a test has a place of its own there, and starts it again. */
const servers = new Map<KilledStore['start'], ReturnType<KilledStore['start']>>();
afterAll(async () => {
  for (const server of servers.values()) await (await server).stop();
});

function serverOf({ start }: KilledStore): ReturnType<KilledStore['start']> {
  const server = servers.get(start) ?? start();
  servers.set(start, server);
  return server;
}

/** A server with a place that holds `count` sessions under the old key. */
async function serverWith(store: KilledStore, count: number) {
  const server = await serverOf(store);
  const place = await store.create(server.url);
  const sessions = Array.from({ length: count }, (_, n) =>
    offlineSession(`shop-${n}.myshopify.com`),
  );
  await withApp(store, place, oldKey, async (app) => {
    for (let at = 0; at < count; at += 20) {
      await Promise.all(sessions.slice(at, at + 20).map(app.storeSession));
    }
  });
  const catalog = await stoppingCatalog(store.catalog(program, place));
  return { server, place, sessions, catalog };
}

/** The app's connections are closed in the end: they would not survive the server. */
async function withApp<T>(
  store: KilledStore,
  place: Place,
  keys: string,
  use: (app: App) => Promise<T>,
): Promise<T> {
  const { storage, close } = await store.connect(place);
  try {
    const keyring = Keyring.parse(keys);
    return await use(new EncryptedSessionStorage(storage, { keyring, mode: 'strict' }));
  } finally {
    await close();
  }
}

/** Kills the server before the 21st write of the command, and answers how that ends. */
async function killInTheMiddle(
  server: Awaited<ReturnType<KilledStore['start']>>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const options = { env: { ...env, ...stopBefore(21) } };
  const running = await program.start([...args, '--batch-size', '1'], options, stopped);
  await server.kill();
  running.kill('SIGUSR2');
  const ended = await running.ended;
  await server.restart();
  expect(ended.stderr).toMatch(
    /Error: (Re-encryption|Copying) stopped after \d+ sessions: .*Run it again/,
  );
  expect(ended.code).toBe(3);
  return JSON.parse(ended.stdout);
}

const completed = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code, stdout } = await program.run(args, { env });
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

for (const store of killedStores) {
  describe.skipIf(!store.canStart())(
    `encrypted-sessions, ${store.name} killed in the middle`,
    () => {
      it('of rotate: exits with 3, and a second run completes', async () => {
        const { server, place, sessions, catalog } = await serverWith(store, 60);
        const args = ['rotate', '--catalog', catalog, '--json'];

        const killed = await killInTheMiddle(server, args, bothKeys);
        expect(killed.aborted).toBe(true);
        // Two are written at a time: the 20th may not have been answered when the server died.
        expect([19, 20]).toContain(killed.reencrypted);
        expect(killed.unresolved).toBeGreaterThan(0);
        expect(killed.scanned).toBe(killed.reencrypted + killed.unresolved);

        const { scanned, current, reencrypted, byKid } = await completed(args, bothKeys);
        expect({ scanned, byKid }).toEqual({ scanned: 60, byKid: { new: 60 } });
        expect(current + reencrypted).toBe(60);
        expect(current).toBeGreaterThanOrEqual(killed.reencrypted);
        expect(current).toBeLessThanOrEqual(killed.scanned);
        const tokens = await withApp(store, place, newKey, async (app) => {
          const loaded = await Promise.all(sessions.map(({ id }) => app.loadSession(id)));
          return loaded.map((session) => session?.accessToken);
        });
        expect(tokens).toEqual(sessions.map(({ accessToken }) => accessToken));
      });

      it('of copy to it: exits with 3, and a second run completes', async () => {
        const from = await storeOnOldKey(60);
        const { server, catalog } = await serverWith(store, 0);
        const args = ['copy', '--from', from, '--to-catalog', catalog, '--json'];

        const killed = await killInTheMiddle(server, args);
        expect(killed.aborted).toBe(true);
        // Several are copied at a time, and those under way may not have been answered.
        expect(killed.copied).toBeGreaterThan(10);
        expect(killed.copied).toBeLessThanOrEqual(20);

        const { copied, same, verification } = await completed(args);
        expect(copied + same).toBe(60);
        expect(same).toBeGreaterThanOrEqual(killed.copied);
        expect(verification).toMatchObject({ source: 60, destination: 60, same: 60, missing: 0 });
      });

      it('of copy from it: exits with 3, and a second run completes', async () => {
        // More than two pages: what has been read, or read ahead, can be copied without the server.
        const count = 2 * store.page + 50;
        const { server, catalog } = await serverWith(store, count);
        const url = `sqlite:${join(await temporaryFolder(), 'new.db')}`;
        const to = await stoppingCatalog(catalogOfUrl(program, url));
        const args = ['copy', '--from-catalog', catalog, '--to-catalog', to, '--json'];

        const { aborted, copied } = await killInTheMiddle(server, args);
        expect(aborted).toBe(true);
        expect(copied).toBeGreaterThanOrEqual(20);
        expect(copied).toBeLessThan(count);

        expect(await completed(args)).toMatchObject({
          copied: count - copied,
          same: copied,
          verification: { source: count, destination: count, same: count, missing: 0 },
        });
      });
    },
  );
}
