// What the catalog of Prisma makes of a model whose table and columns have names of their own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prismaCatalog } from '../../src/catalogs/prisma/index.js';
import type { Place } from '../conformance/backend.js';
import type { PrismaClient } from '../conformance/backends/prisma-client.js';
import { sharedServer } from '../servers/shared.js';
import { prismaPostgresqlBackend as backend } from './backends/official-prisma-on-servers.js';
import { everySession } from './sql-tables.js';

const server = sharedServer('postgres');
const sessions = ['one', 'two'].map((id) => ({
  id,
  shop: 'a.myshopify.com',
  state: '',
  isOnline: false,
  accessToken: `old-${id}`,
}));
const changes = sessions.map((current) => ({
  current,
  next: { ...current, accessToken: `new-${current.id}` },
}));

describe.skipIf(server === undefined)('a Prisma model with @@map and @map', () => {
  let place: Place;
  let client: PrismaClient;
  beforeAll(async () => {
    place = await backend.create(server ?? '');
    client = await backend.client(place);
  });
  afterAll(async () => {
    await client?.$disconnect();
    await backend.drop(place);
  });

  test('is served one by one without the option map, and a warning says why', async () => {
    const catalog = prismaCatalog(client);
    await expect(catalog.warnings?.()).resolves.toEqual([
      {
        code: 'MODEL_TABLE_UNKNOWN',
        message: expect.stringMatching(
          /"session".*one by one.*@@map.*option map of prismaCatalog/s,
        ),
      },
    ]);
    for (const session of sessions) await catalog.replaceSession(undefined, session);
    await expect(catalog.replaceSessions?.(changes)).resolves.toEqual([false, false]);
    for (const { current, next } of changes) {
      await expect(catalog.replaceSession(current, next)).resolves.toBe(true);
    }
    await expect(catalog.loadSession?.('two')).resolves.toMatchObject({ accessToken: 'new-two' });
  });

  test('says where a field is added that its model lacks', async () => {
    const real: { fields: { refreshToken: unknown } } = Reflect.get(client, 'session');
    const { refreshToken: _, ...fields } = real.fields;
    const model = new Proxy(real, {
      get: (of, name) => (name === 'fields' ? fields : Reflect.get(of, name)),
    });
    const older = new Proxy(client, {
      get: (of, name) => (name === 'session' ? model : Reflect.get(of, name)),
    });
    const next = { ...sessions[0], id: 'four', shop: 'a', isOnline: false, refreshToken: 'secret' };
    await expect(prismaCatalog(older).replaceSession(undefined, next)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
      message:
        'Session four: table session has no column refreshToken. In schema.prisma, and in the database by a migration, add it.',
    });
  });

  test('is read with the tokens that the client leaves out', async () => {
    const omitting = await backend.client(place, { accessToken: true, refreshToken: true });
    const catalog = prismaCatalog(omitting, backend.map && { map: backend.map });
    const current = { ...sessions[0], id: 'five', shop: 'b', isOnline: false, state: '' };
    const stored = { ...current, accessToken: 'old', refreshToken: 'secret' };
    const next = { ...stored, refreshToken: 'new' };
    try {
      await catalog.replaceSession(undefined, stored);
      await expect(catalog.loadSession?.('five')).resolves.toMatchObject(stored);
      await expect(everySession(catalog)).resolves.toContainEqual(expect.objectContaining(stored));
      await expect(catalog.replaceSessions?.([{ current: stored, next }])).resolves.toEqual([true]);
    } finally {
      await omitting.$disconnect();
    }
  });

  test('is served one by one where the client runs no SQL of others', async () => {
    const $queryRawUnsafe = () => Promise.reject(new Error('Raw queries are not allowed.'));
    const refusing = client.$extends({ query: { $queryRawUnsafe } } as never);
    const [session] = sessions;
    if (session === undefined) throw new Error('There is no session.');
    const current = { ...session, id: 'three' };
    const catalog = prismaCatalog(refusing);
    await expect(catalog.replaceSession(undefined, current)).resolves.toBe(true);
    const next = { ...current, accessToken: 'new-three' };
    await expect(catalog.replaceSessions?.([{ current, next }])).resolves.toEqual([false]);
    await expect(catalog.replaceSession(current, next)).resolves.toBe(true);
    await expect(catalog.warnings?.()).resolves.toHaveLength(1);
  });

  test.each([
    ['table', { table: 'sessions' }],
    ['columns', { table: 'app sessions', columns: { accessToken: 'token' } }],
    ['schema', { ...backend.map, schema: 'nowhere' }],
  ])('is refused with another %s', async (_part, map) => {
    await expect(prismaCatalog(client, { map }).warnings?.()).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
      message: expect.stringContaining('@@map'),
    });
  });

  test.each([
    ['text', 'app sessions', 'must be an object'],
    ['a list', [], 'must be an object'],
    ['an unknown name', { tabel: 'app sessions' }, 'table is meant'],
    ['a name that is none', { table: '' }, 'table must be text'],
    ['columns that are none', { columns: { accessToken: 1 } }, 'columns must be an object'],
  ])('%s is not a map', (_what, map, message) => {
    expect(() => prismaCatalog(client, { map } as never)).toThrow(message);
  });
});
