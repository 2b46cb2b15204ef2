// Sessions of classes that say with `toJSON` what logs may show of them: the record has the tokens all the same.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import {
  copySessions,
  EncryptedSessionStorage,
  Keyring,
  KeyvSessionStorage,
  reencryptSessions,
  SessionInvalidError,
} from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { openSessionStorage } from '../../src/open/index.js';

const shop = 'a.myshopify.com';
const id = `${shop}_42`;
const properties = {
  id,
  shop,
  state: 'nonce',
  isOnline: true,
  expires: new Date('2100-01-01T00:00:00Z'),
  accessToken: 'shpat_0123456789abcdef0123456789abcdef',
  refreshToken: 'shprt_fedcba9876543210fedcba9876543210',
  onlineAccessInfo: {
    expires_in: 86_400,
    associated_user_scope: 'read_products',
    associated_user: { id: 42, first_name: 'Ada', email: 'ada@example.com' },
  },
};
const { accessToken, refreshToken } = properties;
type SessionParams = ConstructorParameters<typeof Session>[0];
const plain = () => new Session(structuredClone(properties) as unknown as SessionParams);

class Discreet extends Session {
  toJSON(): object {
    const { accessToken: _, refreshToken: __, ...rest } = this;
    return rest;
  }
}
class Masked extends Session {
  toJSON(): object {
    return { ...this, accessToken: '[redacted]', refreshToken: '[redacted]' };
  }
}
class Info {
  constructor(values: object) {
    Object.assign(this, values);
  }
  toJSON(): string {
    return 'hidden';
  }
}

const ofClass = (Class: typeof Session) =>
  new Class(structuredClone(properties) as unknown as SessionParams);
const sessions: [string, () => Session][] = [
  ['on its class, that leaves tokens out', () => ofClass(Discreet)],
  ['on its class, that masks tokens', () => ofClass(Masked)],
  ['of its own', () => Object.assign(plain(), { toJSON: () => ({ id, shop }) })],
  ['of its own, that answers nothing', () => Object.assign(plain(), { toJSON: () => undefined })],
  [
    'on the class of its onlineAccessInfo',
    () => Object.assign(plain(), { onlineAccessInfo: new Info(properties.onlineAccessInfo) }),
  ],
  [
    'on the class of its associated_user',
    () => {
      const session = plain();
      const user = new Info(properties.onlineAccessInfo.associated_user);
      return Object.assign(session, {
        onlineAccessInfo: { ...session.onlineAccessInfo, associated_user: user },
      });
    },
  ],
];

/** A store, what it holds of the session, and storages over it. */
function opened() {
  const map = new Map<string, string>();
  const storage = (options = {}) =>
    new KeyvSessionStorage<Session>(new Keyv({ store: map }), options);
  const stored = () => JSON.parse(map.get(`shopify-session:id:${id}`) ?? '{}').session;
  return { storage, stored };
}

describe.each(sessions)('toJSON %s', (_, session) => {
  test('has no say in what is stored', async () => {
    const { storage, stored } = opened();
    const given = session();
    expect(await storage().storeSession(given)).toBe(true);
    expect(stored()).toEqual(JSON.parse(JSON.stringify(plain())));
    expect(await storage().loadSession(id)).toEqual(plain());
    const [found] = await storage().findSessionsByShop(shop);
    expect(found).toEqual(plain());
  });

  test.each([
    ['a Keyv', () => new Keyv()],
    ['a URL', () => openSessionStorage('memory:')],
  ])('loses no token of a session that is sealed, over %s', async (_name, inner) => {
    const storage = new EncryptedSessionStorage(inner() as KeyvSessionStorage<Session>, {
      keyring: Keyring.generate(),
      userInfo: true,
    });
    expect(await storage.storeSession(session())).toBe(true);
    const loaded = await storage.loadSession(id);
    expect({ ...loaded }).toEqual({ ...plain() });
  });
});

describe('rotating sessions of a class with toJSON', () => {
  const [old, fresh] = ['old', 'new'].map((kid) => generateKey({ kid }).text);
  const rolled = Keyring.parse(`${fresh},${old}`);

  test.each([
    ['leaves tokens out', Discreet],
    ['masks tokens', Masked],
  ])('that %s keeps them', async (_, Class) => {
    const keyv = new Keyv();
    const wrapped = (keyring: Keyring) =>
      new EncryptedSessionStorage(new KeyvSessionStorage(keyv, { Session: Class }), { keyring });
    await wrapped(Keyring.parse(old ?? '')).storeSession(ofClass(Class) as Discreet);
    const report = await reencryptSessions(new KeyvSessionStorage(keyv, { Session: Class }), {
      keyring: rolled,
    });
    expect(report).toMatchObject({ reencrypted: 1, unreadable: 0 });
    const loaded = await wrapped(Keyring.parse(fresh ?? '')).loadSession(id);
    expect(loaded).toMatchObject({ accessToken, refreshToken });
  });
});

test('a copy of a session with toJSON is known for the record that says the same', async () => {
  const { storage } = opened();
  await storage().storeSession(ofClass(Discreet));
  const next = Object.assign(ofClass(Discreet), { scope: 'write_products' });
  expect(await storage().replaceSession(ofClass(Masked), next)).toBe(true);
  expect(await storage().loadSession(id)).toMatchObject({ scope: 'write_products', accessToken });
  expect(await storage().removeSession(ofClass(Masked))).toBe(false);
});

test('sessions of a class with toJSON are copied whole', async () => {
  const [source, destination] = [opened(), opened()];
  await source.storage().storeSession(ofClass(Discreet));
  const from = source.storage({ Session: Discreet });
  expect(await copySessions(from, destination.storage())).toMatchObject({ copied: 1 });
  expect(await copySessions(from, destination.storage())).toMatchObject({ same: 1 });
  expect(destination.stored()).toMatchObject({ accessToken, refreshToken });
});

test.each(['id', 'shop', 'accessToken', 'refreshToken'])(
  'a session whose %s is not a property of its own is refused',
  async (name) => {
    class Hidden extends Session {}
    const session = new Hidden(plain() as unknown as SessionParams);
    const value = session[name as 'id'];
    Reflect.deleteProperty(session, name);
    Object.defineProperty(Hidden.prototype, name, { get: () => value });
    const { storage, stored } = opened();
    const error = await storage()
      .storeSession(session)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SessionInvalidError);
    expect(error).toMatchObject({ sessionId: id, field: name });
    expect(String(error)).not.toContain(accessToken);
    expect(stored()).toBeUndefined();
  },
);

test('a circle within a session is refused', async () => {
  const session = plain();
  Object.assign(session.onlineAccessInfo ?? {}, { onlineAccessInfo: session.onlineAccessInfo });
  const { storage } = opened();
  await expect(storage().storeSession(session)).rejects.toBeInstanceOf(SessionInvalidError);
});

test('values of other classes are written as they say, dates among them', async () => {
  const { storage, stored } = opened();
  const session = Object.assign(plain(), { amount: new Info({}), seen: new Date(0) });
  await storage().storeSession(session);
  expect(stored()).toMatchObject({ amount: 'hidden', seen: '1970-01-01T00:00:00.000Z' });
});
