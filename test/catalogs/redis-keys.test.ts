import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redisCatalog } from '../../src/catalogs/redis/index.js';
import { uniqueName } from '../conformance/backend.js';
import { removeRedisKeys } from '../conformance/backends/redis-contents.js';
import { redisClient } from '../servers/redis.js';
import { sharedServer } from '../servers/shared.js';
import { expectListRefused } from './damaged-list.js';

const server = sharedServer('redis');

describe.skipIf(server === undefined)('the keys of the official Redis storage', () => {
  // Characters that a pattern of SCAN would take for something else.
  const prefix = `${uniqueName()}[a-z]*?\\`;
  const client = redisClient(server ?? '');
  const catalog = redisCatalog(client, { sessionKeyPrefix: prefix });
  beforeAll(async () => {
    await client.connect();
  });
  afterEach(() => removeRedisKeys(server ?? '', `${prefix.slice(0, -8)}*`));
  afterAll(() => catalog.disconnect?.());

  const ids = async () => {
    const found: string[] = [];
    for await (const { id } of catalog.sessions()) found.push(id);
    return found;
  };
  const entries = (id: string, ...more: [string, unknown][]) =>
    JSON.stringify([['id', id], ['shop', 'a.myshopify.com'], ['accessToken', 'a'], ...more]);

  test('lists of sessions, the record of migrations and other types are passed over', async () => {
    await client.set(`${prefix}_offline_a`, entries('offline_a'));
    await client.set(`${prefix}_a.myshopify.com`, JSON.stringify([`${prefix}_offline_a`]));
    await client.set(`${prefix}_b.myshopify.com`, '[]');
    await client.set(`${prefix}_migrations`, '{"migrateToVersion1_0_1":true}');
    await client.hSet(`${prefix}_other`, 'field', 'value');
    await expect(ids()).resolves.toEqual(['offline_a']);
  });

  test('sessions of an app whose prefix starts with ours, or is matched by it, are passed over', async () => {
    await client.set(`${prefix}_offline_a`, entries('offline_a'));
    await client.set(`${prefix}_2_offline_b`, entries('offline_b'));
    await client.set(`${prefix.replace('[a-z]*', 'b')}_offline_c`, entries('offline_c'));
    await expect(ids()).resolves.toEqual(['offline_a']);
    await expect(catalog.loadSession?.('2_offline_b')).resolves.toBeUndefined();
  });

  test('a value that is cut short is reported once all sessions were handed out', async () => {
    await client.set(`${prefix}_offline_a`, entries('offline_a').slice(0, -3));
    await client.set(`${prefix}_offline_b`, entries('offline_b'));
    const found: string[] = [];
    const all = async () => {
      for await (const { id } of catalog.sessions()) found.push(id);
    };
    await expect(all()).rejects.toMatchObject({ code: 'ERR_RECORD_UNREADABLE' });
    expect(found).toEqual(['offline_b']);
  });

  test('a session keeps its time to live and properties that are not known here', async () => {
    const key = `${prefix}_offline_a`;
    const value = entries('offline_a', ['refreshtoken', 'r'], ['extra', { deep: [1] }]);
    await client.set(key, value, { expiration: { type: 'EX', value: 1_000 } });
    const current = await catalog.loadSession?.('offline_a');
    if (current === undefined) throw new Error('The session is not there.');
    expect(current).toMatchObject({ accessToken: 'a', refreshToken: 'r' });
    const next = { ...current, accessToken: 'b', refreshToken: 's' };
    await expect(catalog.replaceSession(current, next)).resolves.toBe(true);
    expect(JSON.parse(String(await client.get(key)))).toEqual([
      ['id', 'offline_a'],
      ['shop', 'a.myshopify.com'],
      ['accessToken', 'b'],
      ['refreshtoken', 's'],
      ['extra', { deep: [1] }],
    ]);
    expect(await client.ttl(key)).toBeGreaterThan(900);
  });

  test('any change of the value counts, also of what is not known here', async () => {
    const key = `${prefix}_offline_a`;
    await client.set(key, entries('offline_a'));
    const current = await catalog.loadSession?.('offline_a');
    if (current === undefined) throw new Error('The session is not there.');
    await client.set(key, entries('offline_a', ['extra', 1]));
    const next = { ...current, accessToken: 'b' };
    await expect(catalog.replaceSession(current, next)).resolves.toBe(false);
  });

  test('a user of an earlier release, kept as an id, is read and stays', async () => {
    const old = entries('online', ['isOnline', true], ['onlineAccessInfo', 7], ['expires', 1e12]);
    await client.set(`${prefix}_online`, old);
    const current = await catalog.loadSession?.('online');
    if (current === undefined) throw new Error('The session is not there.');
    expect(current).toMatchObject({
      isOnline: true,
      expires: new Date(1e12),
      onlineAccessInfo: { associated_user: { id: 7 } },
    });
    await catalog.replaceSession(current, { ...current, accessToken: 'b' });
    const now = await client.get(`${prefix}_online`);
    expect(now).toBe(old.replace('["accessToken","a"]', '["accessToken","b"]'));
  });

  test.each([
    ['not JSON', '["offline_a", "shpat_sec'],
    ['not a list', '{"offline_a":"shpat_sec"}'],
    ['a text', '"offline_a shpat_sec"'],
  ])(
    "a shop's list that is %s: an error names its key, and nothing is written",
    async (_, list) => {
      const listKey = `${prefix}_a.myshopify.com`;
      await client.set(`${prefix}_offline_a`, entries('offline_a'));
      await client.set(listKey, list);
      const current = await catalog.loadSession?.('offline_a');
      if (current === undefined) throw new Error('The session is not there.');
      await expectListRefused(listKey, () => catalog.removeSession?.(current));
      const other = { ...current, id: 'offline_other' };
      await expectListRefused(listKey, () => catalog.replaceSession(undefined, other));
      await expect(catalog.replaceSession(current, { ...current, accessToken: 'b' })).resolves.toBe(
        true,
      );
      expect(await client.exists(`${prefix}_offline_a`)).toBe(1);
      expect(await client.exists(`${prefix}_offline_other`)).toBe(0);
      expect(await client.get(listKey)).toBe(list);
    },
  );

  test('a key that has become another type costs the others of its batch nothing', async () => {
    const all = ['offline_a', 'offline_b', 'offline_c'];
    for (const id of all) await client.set(`${prefix}_${id}`, entries(id));
    const changes = [];
    for (const id of all) {
      const current = await catalog.loadSession?.(id);
      if (current === undefined) throw new Error('The session is not there.');
      changes.push({ current, next: { ...current, accessToken: 'b' } });
    }
    await client.del(`${prefix}_offline_b`);
    await client.hSet(`${prefix}_offline_b`, 'field', 'value');
    await expect(catalog.replaceSessions?.(changes)).resolves.toEqual([true, false, true]);
    for (const id of ['offline_a', 'offline_c']) {
      await expect(catalog.loadSession?.(id)).resolves.toMatchObject({ accessToken: 'b' });
    }
  });

  test('a date out of the range of dates is left out of the copy', async () => {
    const key = `${prefix}_offline_a`;
    await client.set(key, entries('offline_a', ['expires', 9e99], ['refreshTokenExpires', 'soon']));
    const stored = await catalog.loadSession?.('offline_a');
    expect(stored).toMatchObject({ id: 'offline_a', accessToken: 'a' });
    expect(stored).not.toHaveProperty('expires');
    expect(stored).not.toHaveProperty('refreshTokenExpires');
    const invalid = { ...stored, id: 'offline_b', shop: 'a.myshopify.com', isOnline: false };
    await expect(
      catalog.replaceSession(undefined, { ...invalid, expires: new Date(Number.NaN) }),
    ).rejects.toMatchObject({ code: 'ERR_SESSION_INVALID', field: 'expires' });
  });
});
