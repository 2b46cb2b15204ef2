// Redis: loading, busy, a replica, out of memory.
import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from '@shopify/shopify-api';
import { expect, onTestFinished, test } from 'vitest';
import { openSessionStorage } from '../../../src/open/index.js';
import { canStartRedis, startRedis } from '../../servers/redis.js';
import type { FaultyServer } from '../faulty-server.js';
import { sessionOf } from '../sessions.js';
import { TcpProxy } from '../tcp-proxy.js';
import { untilAnswers } from '../until.js';
import { describeStates } from './state-suite.js';

/** Settings that make a state, and their values without it. */
const settings =
  (...changes: (readonly [name: string, during: string, otherwise: string])[]) =>
  async (server: FaultyServer) => {
    const set = async (values: readonly (readonly [string, string])[]) => {
      for (const [name, value] of values) await server.command('CONFIG', 'SET', name, value);
    };
    await set(changes.map(([name, during]) => [name, during]));
    return () => set(changes.map(([name, , otherwise]) => [name, otherwise]));
  };

/** Waits until a command is answered with an error that begins like this. */
async function untilItSays(server: FaultyServer, word: string): Promise<void> {
  for (;;) {
    const said = await server.command('GET', 'any').then(String, String);
    if (said.includes(word)) return;
    await pause(10);
  }
}

test.skipIf(!canStartRedis())(
  'a replica whose master is gone (MASTERDOWN), and another took its place',
  async () => {
    const [before, after] = await Promise.all([startRedis(), startRedis()]);
    const network = await TcpProxy.start(before.port);
    const storage = openSessionStorage<Session>(network.through(before.url), { deadline: 2_000 });
    onTestFinished(async () => {
      await storage.disconnect().catch(() => {});
      await network.stop();
      await Promise.all([before.stop(), after.stop()]);
    });
    const place = { id: 'offline_down.myshopify.com', shop: 'down.myshopify.com' };
    await untilAnswers(() => storage.storeSession(sessionOf(place, 1)));
    await before.command(['CONFIG', 'SET', 'replica-serve-stale-data', 'no']);
    await before.setReadOnly(true);
    await expect(storage.loadSession(place.id)).rejects.toThrow('was not ready within 2000 ms');
    // The connection that is open leads to the former server for as long as it lives.
    network.retarget(after.port);
    await untilAnswers(() => storage.storeSession(sessionOf(place, 2)));
    expect(await storage.loadSession(place.id)).toMatchObject(sessionOf(place, 2));
  },
);

describeStates('redis', canStartRedis(), {
  'loading its data (LOADING)': {
    says: /LOADING/,
    advises: 'It is starting',
    passes: true,
    deadline: 1_000,
    async begin(server) {
      // It serves clients after each thousand commands that it has read, which takes some 60 ms.
      await server.command(
        'EVAL',
        'for i = 1, 200000 do redis.call("SET", "load" .. i, i) end',
        '0',
      );
      const restarting = server.restart(['--key-load-delay', '5']);
      await untilItSays(server, 'LOADING');
      return async () => {
        await server.command('CONFIG', 'SET', 'key-load-delay', '0');
        await restarting;
      };
    },
  },
  'busy with a script (BUSY)': {
    says: /BUSY/,
    advises: 'It is busy',
    passes: true,
    async begin(server) {
      await server.command('CONFIG', 'SET', 'lua-time-limit', '1');
      const script = server.command('EVAL', 'while true do end', '0').catch(() => {});
      await untilItSays(server, 'BUSY');
      return async () => {
        await server.command('SCRIPT', 'KILL');
        await script;
      };
    },
  },
  'a replica whose master is gone (MASTERDOWN)': {
    says: /MASTERDOWN/,
    advises: 'replica',
    passes: true,
    async begin(server) {
      const end = await settings(['replica-serve-stale-data', 'no', 'yes'])(server);
      await server.setReadOnly(true);
      return async () => {
        await server.setReadOnly(false);
        await end();
      };
    },
  },
  'a replica (READONLY)': {
    says: /READONLY/,
    advises: 'use the primary',
    isReadable: true,
    async begin(server) {
      await server.setReadOnly(true);
      return () => server.setReadOnly(false);
    },
  },
  'out of memory (OOM)': {
    says: /OOM/,
    advises: 'no room left',
    isReadable: true,
    begin: settings(['maxmemory-policy', 'noeviction', 'noeviction'], ['maxmemory', '1', '0']),
  },
  'without the replicas that it must have (NOREPLICAS)': {
    says: /NOREPLICAS/,
    advises: 'replicas',
    isReadable: true,
    begin: settings(['min-replicas-to-write', '1', '0']),
  },
});
