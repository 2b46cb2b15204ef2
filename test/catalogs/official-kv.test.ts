import { describe, expect, onTestFinished, test } from 'vitest';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import { kvNamespaceOf, officialKv } from '../conformance/backends/official-kv.js';
import { offlineSession, onlineSession } from '../conformance/sessions.js';
import { kvBackend } from './backends/official-kv.js';
import { sessionCatalogConformance } from './conformance.js';
import { expectListRefused } from './damaged-list.js';

sessionCatalogConformance(kvBackend);

async function open() {
  const place = await officialKv.create('');
  onTestFinished(() => officialKv.drop(place));
  const { storage } = await officialKv.connect(place);
  const namespace = await kvNamespaceOf(place);
  return { storage, namespace };
}

async function idsOf(catalog: ReturnType<typeof kvCatalog>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of catalog.sessions()) ids.push(id);
  return ids;
}

describe('the catalog of KV', () => {
  test('goes on to the next page of keys', async () => {
    const { storage, namespace } = await open();
    const shops = Array.from({ length: 12 }, (_, index) => `${index}.myshopify.com`);
    for (const shop of shops) await storage.storeSession(offlineSession(shop));
    const catalog = kvCatalog({
      get: (key) => namespace.get(key),
      put: (key, value) => namespace.put(key, value),
      delete: (key) => namespace.delete(key),
      list: (options) => namespace.list({ ...options, limit: 5 }),
    });
    expect((await idsOf(catalog)).sort()).toEqual(shops.map((shop) => `offline_${shop}`).sort());
  });

  test('passes over what else the namespace holds', async () => {
    const { storage, namespace } = await open();
    const session = offlineSession('a.myshopify.com');
    await storage.storeSession(session);
    await namespace.put('feature-flags', 'on');
    await namespace.put('numbers', '[1,2,3]');
    expect(await idsOf(kvCatalog(namespace))).toEqual([session.id]);
  });

  test('removes a session from the list of its shop, where the storage put it twice', async () => {
    const { storage, namespace } = await open();
    const session = offlineSession('a.myshopify.com');
    const other = onlineSession('a.myshopify.com', 7);
    for (const stored of [session, other, session]) await storage.storeSession(stored);
    expect(JSON.parse((await namespace.get('shop:a.myshopify.com')) ?? '')).toHaveLength(3);
    const catalog = kvCatalog(namespace);
    const current = await catalog.loadSession?.(session.id);
    if (current === undefined) throw new Error('The session is not there.');
    await expect(catalog.removeSession?.(current)).resolves.toBe(true);
    expect(await namespace.get(session.id)).toBeNull();
    expect(JSON.parse((await namespace.get('shop:a.myshopify.com')) ?? '')).toEqual([other.id]);
  });

  test('reports a session that is cut short, or under the key of another', async () => {
    const { storage, namespace } = await open();
    const session = offlineSession('a.myshopify.com');
    await storage.storeSession(session);
    const value = (await namespace.get(session.id)) ?? '';
    await namespace.put('offline_b.myshopify.com', value);
    await namespace.put('offline_c.myshopify.com', value.slice(0, 40));
    const ids: string[] = [];
    const enumeration = async () => {
      for await (const { id } of kvCatalog(namespace).sessions()) ids.push(id);
    };
    await expect(enumeration()).rejects.toMatchObject({
      code: 'ERR_RECORD_UNREADABLE',
      records: 2,
    });
    expect(ids).toEqual([session.id]);
  });

  test.each([
    ['not JSON', '["offline_a", "shpat_sec'],
    ['not a list', '{"offline_a":"shpat_sec"}'],
    ['a text', '"offline_a shpat_sec"'],
  ])(
    "a shop's list that is %s: an error names its key, and nothing is written",
    async (_, list) => {
      const { storage, namespace } = await open();
      const session = offlineSession('a.myshopify.com');
      await storage.storeSession(session);
      await namespace.put('shop:a.myshopify.com', list);
      const catalog = kvCatalog(namespace);
      const current = await catalog.loadSession?.(session.id);
      if (current === undefined) throw new Error('The session is not there.');
      await expectListRefused('shop:a.myshopify.com', () => catalog.removeSession?.(current));
      const other = { ...current, id: 'offline_other' };
      await expectListRefused('shop:a.myshopify.com', () =>
        catalog.replaceSession(undefined, other),
      );
      await expect(catalog.replaceSession(current, { ...current, accessToken: 'b' })).resolves.toBe(
        true,
      );
      expect(await namespace.get(session.id)).not.toBeNull();
      expect(await namespace.get(other.id)).toBeNull();
      expect(await namespace.get('shop:a.myshopify.com')).toBe(list);
    },
  );
});
