// Mixed traffic for a long time leaves memory, handles and connections as they were. `npm test` runs
// it for seconds; `npm run test:soak` (SOAK_SECONDS=600) for ten minutes on all servers side by side,
// and prints what an instance holds at the start, in the middle and at the end.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canStartMysql } from '../servers/mysql.js';
import { canStartPostgres } from '../servers/postgres.js';
import { canStartRedis } from '../servers/redis.js';
import { startFaultyServer } from './faulty-server.js';
import type { Resources } from './processes/protocol.js';
import { CallerProgram } from './processes/start.js';

const asked = process.env.SOAK_SECONDS;
const seconds = Number(asked ?? 2);
/** Between two calls of a caller, in milliseconds: for ten minutes others need the machine too. */
const rest = asked === undefined ? 2 : 20;

let program: CallerProgram;
beforeAll(async () => {
  program = await CallerProgram.build();
});
afterAll(() => program?.remove());

test.concurrent.each([
  ['redis', canStartRedis(), 'openSessionStorage, Redis'],
  ['postgres', canStartPostgres(), 'openSessionStorage, PostgreSQL'],
  ['mysql', canStartMysql(), 'openSessionStorage, MySQL'],
] as const)(
  '%s: an instance holds at the end what it held in the middle',
  {
    timeout: (seconds + 120) * 1_000,
  },
  async (kind, canStart, subject) => {
    if (!canStart) return console.warn(`SKIPPED: there is no ${kind} here.`);
    const server = await startFaultyServer[kind]();
    try {
      const { url } = await server.newStore();
      const keys = `key:${randomBytes(32).toString('base64url')}`;
      const deadline = 30_000;
      const caller = program.start({
        subject,
        url,
        deadline,
        keys,
        process: 0,
        callers: 10,
        rest,
      });
      const held: (Resources & { connections: number })[] = [];
      const look = async () => {
        held.push({ ...(await caller.resources()), connections: server.network.connections });
      };
      // The pools are full, and all code has been compiled.
      while ((caller.progress?.acknowledged ?? 0) < 1_000) {
        expect(caller.crash).toBeUndefined();
        await pause(50);
      }
      await look();
      for (let half = 0; half < 2; half++) {
        await pause(seconds * 500);
        await look();
      }
      const report = await caller.stop();
      expect(await caller.end()).toBeUndefined();
      if (asked !== undefined)
        console.log(subject, JSON.stringify({ seconds, calls: report?.acknowledged, held }));

      expect(report).toMatchObject({ failed: 0, lost: 0, late: 0, denied: 0, wrongShop: 0 });
      const [, middle, end] = held;
      // A pool has ten, of which only those in use keep the process alive.
      for (const { handles, connections } of held) {
        expect(connections).toBeLessThanOrEqual(10);
        expect(handles.TCPSocketWrap ?? 0).toBeLessThanOrEqual(10);
        // Two for each caller: its call's deadline, and its rest.
        expect(handles.Timeout ?? 0).toBeLessThanOrEqual(30);
      }
      // What grows with the calls is far more: a kilobyte of each would be many megabytes.
      if (asked !== undefined)
        expect((end?.heap ?? 0) - (middle?.heap ?? 0)).toBeLessThan(4 * 2 ** 20);
    } finally {
      await server.stop();
    }
  },
);
