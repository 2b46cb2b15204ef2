// Prisma over Cloudflare D1, on Cloudflare's own runtime: it has no transactions, and nothing that waits is sent late.
import { PrismaD1 } from '@prisma/adapter-d1';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { sessionTable } from '../conformance/backends/official-prisma.js';
import { type PrismaClient, prismaClientClass } from '../conformance/backends/prisma-client.js';
import { everySession } from './sql-tables.js';

const deadline = 150;

let runtime: Miniflare;
let client: PrismaClient;
/** What an UPDATE waits for before it is sent, and how many came so far. */
let gate = Promise.resolve();
let updates = 0;

/** A binding of D1, whose updates pass the gate. */
function gated<Binding extends object>(binding: Binding): Binding {
  return new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === 'bind') return (...values: unknown[]) => gated(member.apply(target, values));
      if (name === 'prepare') {
        return (sql: string) => {
          const statement = member.call(target, sql);
          return sql.startsWith('UPDATE') ? gated(statement) : statement;
        };
      }
      if (name !== 'run') return member.bind(target);
      return async () => {
        updates++;
        await gate;
        return member.call(target);
      };
    },
  });
}

beforeAll(async () => {
  const script = 'export default { fetch: () => new Response() }';
  runtime = new Miniflare({ modules: true, script, d1Databases: ['DB'] });
  const adapter = new PrismaD1(gated(await runtime.getD1Database('DB')) as never);
  client = new (await prismaClientClass('sqlite'))({ adapter });
  await client.$executeRawUnsafe(sessionTable);
});
afterAll(async () => {
  await client.$disconnect();
  await runtime.dispose();
});

const sessionOf = (name: string): StoredSession => ({
  id: `offline_${name}`,
  shop: `${name}.myshopify.com`,
  isOnline: false,
  accessToken: 'old',
});

let stored: StoredSession[];
beforeEach(async () => {
  gate = Promise.resolve();
  await client.$executeRawUnsafe('DELETE FROM "Session"');
  const catalog = prismaCatalog(client);
  for (const name of ['a', 'b', 'c']) await catalog.replaceSession(undefined, sessionOf(name));
  stored = await everySession(catalog);
  updates = 0;
});

const renewed = (current: StoredSession) => ({ ...current, accessToken: 'new' });
const changes = () => stored.map((current) => ({ current, next: renewed(current) }));

test('sessions are replaced together, and those that have changed are left', async () => {
  const catalog = prismaCatalog(client);
  const [first, ...others] = stored as [StoredSession, ...StoredSession[]];
  await catalog.replaceSession(first, { ...first, accessToken: 'newer' });
  await expect(catalog.replaceSessions?.(changes())).resolves.toEqual([false, true, true]);
  await expect(everySession(catalog)).resolves.toEqual([
    { ...first, accessToken: 'newer' },
    ...others.map(renewed),
  ]);
});

test('of several that are replaced, none is sent after the deadline', async () => {
  const catalog = prismaCatalog(client, { deadline });
  let open = () => {};
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const [told] = await Promise.allSettled([catalog.replaceSessions?.(changes())]);
  expect(told).toMatchObject({
    reason: { code: 'ERR_STORE_UNAVAILABLE', mayHaveTakenEffect: true },
  });

  open();
  // What was sent is answered by then, and what would follow has followed.
  for (let times = 0; times < 10; times++) await everySession(prismaCatalog(client));
  expect(updates).toBe(1);
  const [first, ...others] = stored as [StoredSession, ...StoredSession[]];
  await expect(everySession(prismaCatalog(client))).resolves.toEqual([renewed(first), ...others]);
});

test('an update that gets no answer keeps out no later one', async () => {
  const catalog = prismaCatalog(client, { deadline });
  const [first, second] = stored as [StoredSession, StoredSession];
  gate = new Promise(() => {});
  await expect(catalog.replaceSession(first, renewed(first))).rejects.toMatchObject({
    code: 'ERR_STORE_UNAVAILABLE',
    mayHaveTakenEffect: true,
  });
  gate = Promise.resolve();
  await expect(catalog.replaceSession(second, renewed(second))).resolves.toBe(true);
});
