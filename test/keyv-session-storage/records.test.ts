import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { describe, expect, test } from 'vitest';
import {
  KeyvSessionStorage,
  OptionInvalidError,
  RecordUnreadableError,
  SessionInvalidError,
  SessionMismatchError,
} from '../../src/index.js';

const shop = 'records.myshopify.com';
const id = `offline_${shop}`;
const session = () =>
  new Session({ id, shop, state: 's', isOnline: false, scope: 'read_products', accessToken: 't' });

const opened = () => {
  const map = new Map<string, string>();
  return { map, storage: new KeyvSessionStorage(new Keyv({ store: map })) };
};
const keyOf = (map: Map<string, string>, sessionId: string) => {
  const key = [...map].find(([, value]) => JSON.parse(value).session?.id === sessionId)?.[0];
  if (key === undefined) throw new Error('There is no such record.');
  return key;
};

test('a record is JSON that a person can read', async () => {
  const { map, storage } = opened();
  await storage.storeSession(session());
  expect(JSON.parse(map.get(`shopify-session:id:${id}`) ?? '')).toMatchObject({
    v: 1,
    type: 'session',
    shop,
    expiresAt: null,
    session: { id, shop, scope: 'read_products', accessToken: 't', isOnline: false },
  });
  expect(JSON.parse(map.get(`shopify-session:shop:${shop}`) ?? '')).toMatchObject({
    type: 'shop',
    sessions: [[id, null]],
  });
});

test('deleting the last session of a shop leaves nothing', async () => {
  const { map, storage } = opened();
  await storage.storeSession(session());
  await storage.deleteSession(id);
  expect([...map]).toEqual([]);
});

test('Keyv 5 and Keyv 6 read each other, with and without a namespace', async () => {
  for (const options of [{}, { namespace: 'app' }]) {
    const store = new Map<string, string>();
    const five = new KeyvSessionStorage(new Keyv({ store, ...options }));
    const six = new KeyvSessionStorage(new Keyv6({ store, ...options }));
    await five.storeSession(session());
    expect((await six.loadSession(id))?.equals(session())).toBe(true);
    const other = new Session({ ...session(), id: `${shop}_1`, isOnline: true });
    await six.storeSession(other);
    expect(await five.findSessionsByShop(shop)).toHaveLength(2);
    await five.deleteSessions([id, other.id]);
    expect([...store]).toEqual([]);
  }
});

test('namespaces and prefixes keep apps apart, whatever their ids', async () => {
  const store = new Map<string, string>();
  const plain = new KeyvSessionStorage(new Keyv({ store }));
  const app = new KeyvSessionStorage(new Keyv({ store, namespace: 'app' }));
  const prefixed = new KeyvSessionStorage(new Keyv({ store }), { prefix: 'other' });
  for (const [storage, token] of [
    [plain, 'plain'],
    [app, 'app'],
    [prefixed, 'prefixed'],
  ] as const) {
    await storage.storeSession(new Session({ ...session(), id: 'app:id1', accessToken: token }));
    await storage.storeSession(new Session({ ...session(), id: 'id1', accessToken: token }));
  }
  for (const [storage, token] of [
    [plain, 'plain'],
    [app, 'app'],
    [prefixed, 'prefixed'],
  ] as const) {
    expect(await storage.loadSession('app:id1')).toMatchObject({ accessToken: token });
    expect(await storage.findSessionsByShop(shop)).toHaveLength(2);
  }
});

test('ids of every kind are kept apart: long, empty of letters, in any script, half a character', async () => {
  const { storage } = opened();
  const ids = [
    'a::b',
    'a:b',
    'a~3a~b',
    'A',
    'a',
    '__proto__',
    'constructor',
    '商店_1',
    'é',
    'e\u0301',
    '\ud800',
    '\udfff',
    'with space',
    '*?[x]',
    '"quoted"',
    '\u0000',
    `${'x'.repeat(5000)}1`,
    `${'x'.repeat(5000)}2`,
  ];
  for (const each of ids) {
    await storage.storeSession(new Session({ ...session(), id: each, accessToken: `t${each}` }));
  }
  for (const each of ids) {
    expect(await storage.loadSession(each)).toMatchObject({ id: each, accessToken: `t${each}` });
  }
  expect((await storage.findSessionsByShop(shop)).map((found) => found.id).sort()).toEqual(
    [...ids].sort(),
  );
  await storage.deleteSessions(ids);
  expect(await storage.findSessionsByShop(shop)).toEqual([]);
});

test('properties that are not Shopify’s are kept', async () => {
  const { storage } = opened();
  await storage.storeSession(Object.assign(session(), { plan: { name: 'pro' }, seats: 3 }));
  expect(await storage.loadSession(id)).toMatchObject({ plan: { name: 'pro' }, seats: 3 });
});

test('a session that moves to another shop is found there only', async () => {
  const { storage } = opened();
  await storage.storeSession(session());
  await storage.storeSession(new Session({ ...session(), shop: 'moved.myshopify.com' }));
  expect(await storage.findSessionsByShop(shop)).toEqual([]);
  expect(await storage.findSessionsByShop('moved.myshopify.com')).toHaveLength(1);
});

describe('what it did not write', () => {
  test.each([
    ['not JSON', 'hello'],
    ['JSON of another kind', '{"value":1}'],
    ['a record of a later version', '{"v":2,"type":"session"}'],
  ])('%s under a session’s key is an error, and stays', async (_, text) => {
    const { map, storage } = opened();
    await storage.storeSession(session());
    const key = keyOf(map, id);
    map.set(key, text);
    await expect(storage.loadSession(id)).rejects.toThrow(RecordUnreadableError);
    await expect(storage.storeSession(session())).rejects.toThrow(RecordUnreadableError);
    expect(map.get(key)).toBe(text);
    // Uninstalling still finds it, and that is the way out that the error names too.
    const found = await storage.findSessionsByShop(shop);
    expect(found).toEqual([new Session({ id, shop, state: '', isOnline: false })]);
    await storage.deleteSessions(found.map((each) => each.id));
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
    expect([...map]).toEqual([]);
    await storage.storeSession(session());
    expect(await storage.loadSession(id)).toBeDefined();
  });

  test('the record of another session is an error that names the one that was requested', async () => {
    const { map, storage } = opened();
    await storage.storeSession(session());
    await storage.storeSession(new Session({ ...session(), id: 'other' }));
    map.set(keyOf(map, id), map.get(keyOf(map, 'other')) ?? '');
    const error = await storage.loadSession(id).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionMismatchError);
    expect(error).toMatchObject({ sessionId: id });
  });
});

describe('what it refuses', () => {
  test.each([
    ['no id', { id: '' }],
    ['no shop', { shop: '' }],
    ['an invalid date', { expires: new Date('never') }],
    ['a value that JSON cannot hold', { userId: 1n }],
    ['an end that is not a date', { isOnline: true, expires: 'soon' }],
    ['an end that never comes', { isOnline: true, expires: Number.POSITIVE_INFINITY }],
    ['an end of its refresh token that is not a date', { refreshTokenExpires: {} }],
  ])('a session with %s', async (_, change) => {
    const { map, storage } = opened();
    const error = await storage
      .storeSession(Object.assign(session(), change))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionInvalidError);
    expect([...map]).toEqual([]);
  });

  test.each([
    [{ dealine: 100 }, 'dealine'],
    [{ deadline: 0 }, 'deadline'],
    [{ deadline: Number.POSITIVE_INFINITY }, 'deadline'],
    [{ gracePeriod: -1 }, 'gracePeriod'],
    [{ prefix: 'a b' }, 'prefix'],
    [{ Session: {} }, 'Session'],
    [{ observer: { stroe: () => {} } }, 'none of the callbacks'],
    [{ observer: { store: 'log' } }, 'observer.store'],
  ])('the option %j', (options, name) => {
    const create = () => new KeyvSessionStorage(new Keyv(), options as object);
    expect(create).toThrow(OptionInvalidError);
    expect(create).toThrow(name);
  });

  test.each([[undefined], [null], [{}], [new Map()], ['redis://localhost']])(
    '%j in place of a Keyv',
    (value) => {
      expect(() => new KeyvSessionStorage(value as never)).toThrow(OptionInvalidError);
    },
  );
});
