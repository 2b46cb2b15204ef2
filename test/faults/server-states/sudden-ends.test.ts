// Servers that end connections, idle ones and ones in use, and what they do not do again: no call
// need fail for that.
import { setTimeout as pause } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSessionStorage } from '../../../src/open/index.js';
import { canStartMysql } from '../../servers/mysql.js';
import { canStartPostgres } from '../../servers/postgres.js';
import { canStartRedis } from '../../servers/redis.js';
import type { FaultyKind } from '../each-server.js';
import { selected } from '../fault-suite.js';
import { type FaultyServer, startFaultyServer } from '../faulty-server.js';
import { sessionOf, writeIn } from '../sessions.js';

const place = { id: 'offline_ends.myshopify.com', shop: 'ends.myshopify.com' };
const deadline = 60_000;
/** Takes many slow round trips, for what the test over PostgreSQL shows as well. */
const isShort = selected === undefined;

function opened(url: string) {
  const storage = openSessionStorage(url, { deadline });
  onTestFinished(() => storage.disconnect().catch(() => {}));
  const read = async () => {
    const session = await storage.loadSession(place.id);
    return session && writeIn(session as never, place);
  };
  return { write: (number: number) => storage.storeSession(sessionOf(place, number)), read };
}

function describeServer(
  kind: FaultyKind,
  canStart: boolean,
  register: (server: () => FaultyServer) => void,
): void {
  describe.skipIf(!canStart)(kind, () => {
    let server: FaultyServer | undefined;
    beforeAll(async () => {
      server = await startFaultyServer[kind]();
    });
    afterAll(() => server?.stop());
    register(() => {
      if (server === undefined) throw new Error('The server has not started.');
      return server;
    });
  });
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(10);
  }
}

/**
 * The network is so slow that a statement arrives when the server has ended its connection as idle,
 * and is sent before the client can know.
 *
 * @param slow How long the network takes each way: less than half of what the server allows.
 * @param rest How long nothing is sent before a statement.
 */
async function callAcrossAnEnd(server: FaultyServer, slow: number, rest: number) {
  const storage = opened((await server.newStore()).url);
  expect(await storage.write(1)).toBe(true);
  server.network.delay(slow);
  onTestFinished(() => server.network.restore());
  expect(await storage.read()).toBe(1);
  await pause(rest);
  expect(await storage.read()).toBe(1);
  await pause(rest);
  expect(await storage.write(2)).toBe(true);
  await pause(rest);
  expect(await storage.read()).toBe(2);
}

describeServer('postgres', canStartPostgres(), (server) => {
  test('idle_session_timeout ends connections as a statement is sent', async () => {
    const set = (name: string, value: string) =>
      server().command(`ALTER ROLE postgres SET ${name} = '${value}'`);
    await set('idle_session_timeout', '1s');
    await set('idle_in_transaction_session_timeout', '1s');
    onTestFinished(() => server().command('ALTER ROLE postgres RESET ALL') as Promise<never>);
    await callAcrossAnEnd(server(), 300, 700);
  });

  test('an administrator ends the connection of a statement that waits', async () => {
    const store = await server().newStore();
    const storage = opened(store.url);
    expect(await storage.write(1)).toBe(true);
    const other = new pg.Client({ connectionString: store.directUrl });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query('BEGIN; LOCK TABLE shopify_session_records');
    const answers = Promise.all([storage.write(2), storage.read()]);
    answers.catch(() => {});
    const waiting = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
    await until(async () => {
      const rows = (await server().command(waiting)) as { pid: number }[];
      return rows.length > 1 ? rows : undefined;
    });
    await server().command(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
    await other.query('ROLLBACK');
    expect(await answers).toEqual([true, expect.toBeOneOf([1, 2])]);
    expect(await storage.read()).toBe(2);
  });

  test('the process of an idle connection crashes, and the server recovers', async () => {
    const store = await server().newStore();
    const storage = opened(store.url);
    expect(await storage.write(1)).toBe(true);
    const [row] = (await server().command(
      `SELECT pid FROM pg_stat_activity WHERE datname = '${new URL(store.url).pathname.slice(1)}'`,
    )) as [{ pid: number }];
    process.kill(row.pid, 'SIGKILL');
    // It says so once it has noticed.
    await until(async () =>
      server()
        .command('SELECT 1')
        .then(
          () => undefined,
          () => true,
        ),
    );
    expect(await storage.write(2)).toBe(true);
    expect(await storage.read()).toBe(2);
  });
});

describeServer('mysql', canStartMysql(), (server) => {
  test.skipIf(isShort)('wait_timeout ends connections as a statement is sent', async () => {
    await server().command('SET GLOBAL wait_timeout = 1');
    onTestFinished(() => server().command('SET GLOBAL wait_timeout = 28800') as Promise<never>);
    await callAcrossAnEnd(server(), 300, 700);
  });

  test('an administrator ends the connection of a statement that waits', async () => {
    const store = await server().newStore();
    const storage = opened(store.url);
    expect(await storage.write(1)).toBe(true);
    const other = await mysql.createConnection(store.directUrl);
    onTestFinished(() => other.end());
    await other.query('LOCK TABLES shopify_session_records WRITE');
    const answers = Promise.all([storage.write(2), storage.read()]);
    answers.catch(() => {});
    const waiting = `SELECT id FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'`;
    const rows = await until(async () => {
      const found = (await server().command(waiting)) as { id: number }[];
      return found.length > 1 ? found : undefined;
    });
    for (const { id } of rows) await server().command(`KILL ${id}`);
    await other.query('UNLOCK TABLES');
    expect(await answers).toEqual([true, expect.toBeOneOf([1, 2])]);
    expect(await storage.read()).toBe(2);
  });
});

describeServer('redis', canStartRedis(), (server) => {
  test.skipIf(isShort)('a timeout ends idle connections as a command is sent', async () => {
    await server().command('CONFIG', 'SET', 'timeout', '1');
    onTestFinished(() => server().command('CONFIG', 'SET', 'timeout', '0') as Promise<never>);
    // It looks every second, for what is older than whole seconds.
    await callAcrossAnEnd(server(), 600, 1_900);
  });
});
