// Records and lists that someone with access to the database has edited: refused or harmless.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import {
  EncryptedSessionStorage,
  Keyring,
  KeyvSessionStorage,
  SessionMismatchError,
} from '../../src/index.js';
import { openSessionStorage } from '../../src/open/index.js';

const shop = 'a.myshopify.com';
const other = 'b.myshopify.com';
const sessionOf = (id: string, ofShop: string) =>
  new Session({ id, shop: ofShop, state: '', isOnline: false, accessToken: `token of ${id}` });

async function opened() {
  const map = new Map<string, string>();
  const events: string[] = [];
  const storage = new KeyvSessionStorage(new Keyv({ store: map }), {
    observer: { store: ({ type }) => events.push(type) },
  });
  await storage.storeSession(sessionOf('offline_a', shop));
  await storage.storeSession(sessionOf('offline_b', other));
  const edit = (key: string, change: (text: string) => string) => {
    const text = map.get(key);
    if (text === undefined) throw new Error(`There is no ${key}.`);
    map.set(key, change(text));
  };
  return { map, storage, edit, events };
}

const keyOf = (id: string) => `shopify-session:id:${id}`;
const listOf = (ofShop: string) => `shopify-session:shop:${ofShop}`;

describe('the session of another shop', () => {
  test('is not handed out when the list names it', async () => {
    const { storage, edit } = await opened();
    edit(listOf(shop), (text) => text.replace('offline_a', 'offline_b'));
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
    // And it is still there.
    expect(await storage.loadSession('offline_b')).toBeDefined();
    expect(await storage.findSessionsByShop(other)).toHaveLength(1);
  });

  test('is not handed out when the list names it and its record says that it is of the shop', async () => {
    const { storage, edit, events } = await opened();
    edit(listOf(shop), (text) => text.replace('offline_a', 'offline_b'));
    edit(keyOf('offline_b'), (text) => text.replace(`"shop":"${other}"`, `"shop":"${shop}"`));
    expect(await storage.findSessionsByShop(shop)).toEqual([]);
    expect(events).toContain('mismatch');
    const error = await storage.loadSession('offline_b').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionMismatchError);
  });
});

describe.each([
  ['over a Keyv', (store: Map<string, string>) => new Keyv({ store })],
  ['over openSessionStorage', (store: Map<string, string>) => openSessionStorage(store)],
])('wrapped, %s, the observer is told by findSessionsByShop', (_, inner) => {
  async function found(key: string, change: (text: string) => string) {
    const { map, edit } = await opened();
    const unreadable: unknown[] = [];
    const storage = new EncryptedSessionStorage(inner(map), {
      keyring: Keyring.generate(),
      observer: { unreadable: (event) => void unreadable.push(event) },
    });
    await storage.storeSession(sessionOf('offline_a', shop));
    await storage.storeSession(sessionOf('offline_b', other));
    edit(key, change);
    const sessions = await storage.findSessionsByShop(shop);
    return { ids: sessions.map(({ id }) => id), unreadable };
  }
  const about = (sessionId: string, code: string) => ({
    sessionId,
    code,
    field: undefined,
    kid: undefined,
  });

  test('of the session of another shop that the list names', async () => {
    const { ids, unreadable } = await found(listOf(shop), (text) =>
      text.replace('"sessions":[', '"sessions":[["offline_b",null],'),
    );
    expect(ids).toEqual(['offline_a']);
    expect(unreadable).toEqual([about('offline_b', 'ERR_SESSION_MISMATCH')]);
  });

  test('of one whose record says that it is of another shop', async () => {
    const { ids, unreadable } = await found(keyOf('offline_a'), (text) =>
      text.replace(/("session":.*"shop":)"[^"]*"/, `$1"${other}"`),
    );
    expect(ids).toEqual([]);
    expect(unreadable).toEqual([about('offline_a', 'ERR_SESSION_MISMATCH')]);
  });

  test('of one whose record is damaged, and which comes without tokens', async () => {
    const { ids, unreadable } = await found(keyOf('offline_a'), (text) => text.slice(0, -1));
    expect(ids).toEqual(['offline_a']);
    expect(unreadable).toEqual([about('offline_a', 'ERR_RECORD_UNREADABLE')]);
  });
});

test('a session is not stored over one of another id', async () => {
  const { map, storage, edit } = await opened();
  edit(keyOf('offline_a'), (text) => text.replace('"id":"offline_a"', '"id":"offline_c"'));
  const before = map.get(keyOf('offline_a'));
  const fresh = new KeyvSessionStorage(new Keyv({ store: map }));
  const error = await fresh
    .storeSession(sessionOf('offline_a', shop))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SessionMismatchError);
  expect(map.get(keyOf('offline_a'))).toBe(before);
  await storage.deleteSession('offline_a');
  expect(await storage.storeSession(sessionOf('offline_a', shop))).toBe(true);
});

test('a member __proto__ in a record does not become the prototype of a session', async () => {
  const { storage, edit } = await opened();
  edit(keyOf('offline_a'), (text) =>
    text.replace('"session":{', '"session":{"__proto__":{"isOnline":true,"planted":1},'),
  );
  const loaded = await storage.loadSession('offline_a');
  expect(loaded).toBeInstanceOf(Session);
  expect(Object.getPrototypeOf(loaded)).toBe(Session.prototype);
  expect(loaded).not.toHaveProperty('planted');
});

test('a list that is damaged is an error, and stays', async () => {
  const { map, storage, edit } = await opened();
  edit(listOf(shop), (text) => text.replace(/"sessions":.*/, '"sessions":[null]}'));
  const before = map.get(listOf(shop));
  await expect(storage.findSessionsByShop(shop)).rejects.toMatchObject({
    code: 'ERR_RECORD_UNREADABLE',
  });
  expect(map.get(listOf(shop))).toBe(before);
});
