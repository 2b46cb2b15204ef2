// A session that findSessionsByShop handed out with fields missing, as its key is not here, is stored
// again: what is in the store must not be overwritten by nothing.
import { Session } from '@shopify/shopify-api';
import { describe, expect, test } from 'vitest';
import {
  accessToken,
  type KeepingStorage,
  keyring,
  offlineSession,
  oldKeyring,
  onlineSession,
  refreshToken,
  rewrapped,
  rolledKeyring,
  shop,
  wrapped,
} from './subject.js';

const id = `offline_${shop}`;
const newToken = 'shpat_ffffffffffffffffffffffffffffffff';

/** A stored session under a key that `storage` lacks, what is stored, and what `storage` hands out. */
async function withheld(options: Parameters<typeof wrapped>[0] = {}) {
  const other = wrapped({ keyring: oldKeyring });
  await other.storeSession(offlineSession({ refreshToken }));
  const { inner } = other;
  const storage = rewrapped(other, { keyring, ...options });
  const [session] = await storage.findSessionsByShop(shop);
  if (session === undefined) throw new Error('not found');
  expect(session.accessToken).toBeUndefined();
  return { inner, storage, session, before: tokensIn(inner) };
}

function tokensIn(inner: KeepingStorage) {
  const row = inner.row(id);
  return { accessToken: row.accessToken, refreshToken: row.refreshToken };
}

/** Ways in which an app makes another object of a session. */
const copies: [string, (session: Session) => Session][] = [
  ['the object itself', (session) => session],
  ['a new Session of it', (session) => new Session(session)],
  ['a new Session of its spread', (session) => new Session({ ...session })],
  ['a new Session of its object', (session) => new Session(session.toObject())],
  [
    'a Session of its property array',
    (session) => Session.fromPropertyArray(session.toPropertyArray(true), true),
  ],
  ['a plain spread', (session) => ({ ...session }) as Session],
  [
    'a new Session of a few of its properties',
    ({ state, isOnline }) => new Session({ id, shop, state, isOnline }),
  ],
];

describe('storing again a session that was handed out without its tokens', () => {
  test.each(copies)('keeps what is sealed: %s', async (_, copy) => {
    const { inner, storage, session, before } = await withheld();
    const changed = copy(session);
    changed.scope = 'read_products';
    expect(await storage.storeSession(changed)).toBe(true);
    expect(tokensIn(inner)).toEqual(before);
    expect(inner.row(id).scope).toBe('read_products');
    expect(await rewrapped({ inner }, { keyring: rolledKeyring }).loadSession(id)).toMatchObject({
      accessToken,
      refreshToken,
      scope: 'read_products',
    });
  });

  test.each([undefined, null, ''])('keeps it where the app has set it to %j', async (nothing) => {
    const { inner, storage, session, before } = await withheld();
    await storage.storeSession(Object.assign(session, { accessToken: nothing }) as Session);
    expect(tokensIn(inner)).toEqual(before);
  });

  test('keeps it twice, and after the session was found again', async () => {
    const { inner, storage, session, before } = await withheld();
    await storage.storeSession(session);
    await storage.storeSession(session);
    const [again] = await storage.findSessionsByShop(shop);
    await storage.storeSession(again ?? session);
    expect(tokensIn(inner)).toEqual(before);
  });

  test('keeps what another instance has stored since', async () => {
    const { inner, storage, session } = await withheld();
    const other = rewrapped({ inner }, { keyring: oldKeyring });
    await other.storeSession(offlineSession({ accessToken: newToken, refreshToken: 'shprt_new' }));
    const now = tokensIn(inner);
    await storage.storeSession(session);
    expect(tokensIn(inner)).toEqual(now);
  });

  test('puts back what was withheld where the session was deleted since', async () => {
    const { inner, storage, session, before } = await withheld();
    inner.rows.delete(id);
    await storage.storeSession(session);
    expect(tokensIn(inner)).toEqual(before);
  });

  test('keeps plaintext that mode strict refuses as it is', async () => {
    const storage = wrapped();
    storage.inner.rows.set(id, offlineSession({ refreshToken }));
    const [session] = await storage.findSessionsByShop(shop);
    expect(session?.accessToken).toBeUndefined();
    await storage.storeSession(session ?? offlineSession());
    expect(tokensIn(storage.inner)).toEqual({ accessToken, refreshToken });
  });

  test('never writes from memory the plaintext that mode strict refused', async () => {
    const storage = wrapped();
    storage.inner.rows.set(id, offlineSession({ refreshToken }));
    const [session] = await storage.findSessionsByShop(shop);
    await storage.deleteSessions([id]);
    await storage.storeSession(session ?? offlineSession());
    expect(tokensIn(storage.inner)).toEqual({ accessToken: '', refreshToken: undefined });
  });

  test('writes what was sealed from memory, beside plaintext that it does not', async () => {
    const other = wrapped({ keyring: oldKeyring });
    await other.storeSession(offlineSession());
    const sealed = other.inner.row(id).accessToken;
    Object.assign(other.inner.row(id), { refreshToken });
    const storage = rewrapped(other);
    const [session] = await storage.findSessionsByShop(shop);
    await storage.deleteSession(id);
    await storage.storeSession(session ?? offlineSession());
    expect(tokensIn(storage.inner)).toEqual({ accessToken: sealed, refreshToken: undefined });
  });

  test.each(['strict', 'migrate', 'rollback'] as const)('keeps it in mode %s', async (mode) => {
    const { inner, storage, session, before } = await withheld({ mode });
    await storage.storeSession(session);
    expect(tokensIn(inner)).toEqual(before);
  });

  test('keeps user info, and takes what the app has put in its place', async () => {
    const other = wrapped({ keyring: oldKeyring, userInfo: true });
    await other.storeSession(onlineSession());
    const before = { ...other.inner.row(onlineSession().id).onlineAccessInfo?.associated_user };
    const storage = rewrapped(other, { userInfo: true });
    const [session] = await storage.findSessionsByShop(shop);
    expect(session?.onlineAccessInfo?.associated_user.email).toBeUndefined();
    Object.assign(session?.onlineAccessInfo?.associated_user ?? {}, { first_name: 'Augusta' });
    await storage.storeSession(session ?? onlineSession());
    const after = other.inner.row(onlineSession().id).onlineAccessInfo?.associated_user;
    expect(after).toMatchObject({ last_name: before.last_name, email: before.email });
    expect(after?.first_name).not.toBe(before.first_name);
  });

  test('rejects, and stores nothing, if what is stored cannot be read', async () => {
    const { inner, storage, session, before } = await withheld();
    inner.loadSession = async () => {
      throw new Error('down');
    };
    await expect(storage.storeSession(session)).rejects.toThrow('down');
    expect(tokensIn(inner)).toEqual(before);
  });

  test('reaches the storage in its turn', async () => {
    const { inner, storage, session } = await withheld();
    session.scope = 'first';
    const calls = [
      storage.storeSession(session),
      storage.storeSession(offlineSession({ scope: 'second' })),
    ];
    await Promise.all(calls);
    expect(inner.row(id).scope).toBe('second');
  });
});

describe('a token that the app sets', () => {
  test('is sealed and stored, and the other one stays', async () => {
    const { inner, storage, session, before } = await withheld();
    session.accessToken = newToken;
    await storage.storeSession(session);
    expect(inner.row(id).refreshToken).toBe(before.refreshToken);
    expect(inner.row(id).accessToken).not.toBe(before.accessToken);
    const all = rewrapped({ inner }, { keyring: rolledKeyring });
    expect((await all.loadSession(id))?.accessToken).toBe(newToken);
  });

  test('may be taken away again', async () => {
    const { inner, storage, session } = await withheld();
    Object.assign(session, { accessToken: newToken, refreshToken: 'shprt_new' });
    await storage.storeSession(session);
    Object.assign(session, { accessToken: undefined });
    await storage.storeSession(session);
    expect(inner.row(id).accessToken).toBe('');
  });

  test('in a session of its own replaces all: a new authorization heals it', async () => {
    const { storage } = await withheld();
    await storage.storeSession(offlineSession({ accessToken: newToken }));
    expect(await storage.loadSession(id)).toStrictEqual(offlineSession({ accessToken: newToken }));
  });
});

/** What apps do when Shopify refuses a token, as shopify-app-react-router does. */
const withoutToken: [string, (session: Session) => Session][] = [
  ['the object itself', (session) => Object.assign(session, { accessToken: undefined })],
  [
    'a copy of it',
    (session) => Object.assign(new Session({ ...session }), { accessToken: undefined }),
  ],
];

describe('a revoked token, of a session that was withheld once, is taken away', () => {
  test.each(withoutToken)('after it was loaded whole: %s', async (_, take) => {
    const { inner, storage } = await withheld();
    await rewrapped({ inner }).storeSession(offlineSession({ accessToken: newToken }));
    const whole = await storage.loadSession(id);
    expect(whole?.accessToken).toBe(newToken);
    await storage.storeSession(take(whole ?? offlineSession()));
    expect(inner.row(id).accessToken).toBe('');
  });

  test.each(withoutToken)('after it was found whole: %s', async (_, take) => {
    const { inner, storage } = await withheld();
    await rewrapped({ inner }).storeSession(offlineSession({ accessToken: newToken }));
    const [whole] = await storage.findSessionsByShop(shop);
    expect(whole?.accessToken).toBe(newToken);
    await storage.storeSession(take(whole ?? offlineSession()));
    expect(inner.row(id).accessToken).toBe('');
  });

  test('after the app has stored it whole, without loading it', async () => {
    const { inner, storage } = await withheld();
    const own = offlineSession({ accessToken: newToken, refreshToken });
    await storage.storeSession(own);
    await storage.storeSession(Object.assign(own, { accessToken: undefined }));
    expect(inner.row(id).accessToken).toBe('');
  });

  test('of plaintext that mode strict refused and that is sealed since', async () => {
    const storage = wrapped();
    storage.inner.rows.set(id, offlineSession());
    await storage.findSessionsByShop(shop);
    await rewrapped(storage).storeSession(offlineSession());
    const whole = (await storage.loadSession(id)) ?? offlineSession();
    await storage.storeSession(Object.assign(whole, { accessToken: undefined }));
    expect(storage.inner.row(id).accessToken).toBe('');
  });
});

test('a session of its own with another state, which begins an authorization, replaces all', async () => {
  const { inner, storage } = await withheld();
  await storage.storeSession(new Session({ id, shop, state: 'nonce', isOnline: false }));
  expect(inner.row(id).accessToken).toBe('');
  expect(inner.row(id).refreshToken).toBeUndefined();
});

test('a readable token that the app takes away is taken away, also where another was withheld', async () => {
  const storage = wrapped();
  await storage.storeSession(offlineSession({ refreshToken }));
  const damaged = storage.inner.row(id).accessToken?.slice(0, 100);
  Object.assign(storage.inner.row(id), { refreshToken: damaged });
  const [session] = await storage.findSessionsByShop(shop);
  expect(session?.accessToken).toBe(accessToken);
  Object.assign(session ?? {}, { accessToken: undefined });
  await storage.storeSession(session ?? offlineSession());
  expect(tokensIn(storage.inner)).toEqual({ accessToken: '', refreshToken: damaged });
});

test('nothing is read from the storage for sessions of which nothing was withheld', async () => {
  const storage = wrapped();
  await storage.storeSession(offlineSession());
  const [found] = await storage.findSessionsByShop(shop);
  storage.inner.loadSession = async () => {
    throw new Error('read');
  };
  Object.assign(found ?? {}, { accessToken: undefined });
  expect(await storage.storeSession(found ?? offlineSession())).toBe(true);
  expect(storage.inner.row(id).accessToken).toBe('');
});
