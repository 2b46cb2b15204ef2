// What wrapping a storage adds, looked at in the storage's own data, and what it must not change.
import type { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { afterEach, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend, Connection } from './backend.js';
import {
  expiringOfflineSession,
  kept,
  oddSessions,
  offlineSession,
  onlineSession,
  secondsFromNow,
  tokensOf,
} from './sessions.js';

const shop = 'encrypted.myshopify.com';
const sealedToken = /eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/g;

/** Registers the tests; each has a new and empty place. */
export function encryptedSuite(backend: Backend, server: () => Promise<string>): void {
  const cleanUp: (() => Promise<void>)[] = [];
  const open = async (): Promise<Connection> => {
    const place = await backend.create(await server());
    cleanUp.push(() => backend.drop(place));
    const connection = await backend.connect(place);
    cleanUp.push(() => connection.close());
    return connection;
  };
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const keyring = Keyring.generate('2026-11');
  const sessions = () =>
    [
      offlineSession(shop),
      { ...expiringOfflineSession('expiring.myshopify.com') },
      onlineSession(shop, 42),
    ].map((session) => Object.assign(offlineSession(shop), session));

  test('bare, the tokens are found in the stored data: the search works', async () => {
    const connection = await open();
    for (const session of sessions()) {
      await connection.storage.storeSession(session);
      for (const secret of tokensOf(session)) expect(await searched(connection)).toContain(secret);
    }
  });

  test('wrapped, no token is found in the stored data, in any spelling', async () => {
    const connection = await open();
    const storage = new EncryptedSessionStorage(connection.storage, { keyring });
    const stored = sessions();
    for (const session of stored) await storage.storeSession(session);
    const contents = await searched(connection);
    const secrets = stored.flatMap(tokensOf);
    expect(secrets).toHaveLength(4);
    for (const secret of secrets) {
      for (const spelling of spellings(secret)) expect(contents).not.toContain(spelling);
    }
    expect(new Set((await connection.raw()).match(sealedToken)).size).toBe(secrets.length);
    for (const { id } of stored) expect(contents).toContain(id);
  });

  test('wrapped with userInfo, neither names nor addresses are found, and they come back', async () => {
    const connection = await open();
    const storage = new EncryptedSessionStorage(connection.storage, { keyring, userInfo: true });
    const session = onlineSession(shop, 42);
    const nobody = offlineSession(shop);
    await storage.storeSession(session);
    await storage.storeSession(nobody);
    const contents = await searched(connection);
    for (const secret of ["O'Neill", 'Zoë', 'staff.42@example.com', 'staff.42']) {
      for (const spelling of spellings(secret)) expect(contents).not.toContain(spelling);
    }
    expect(kept(await storage.loadSession(session.id))).toEqual(kept(session));
    expect(kept(await storage.loadSession(nobody.id))).toEqual(kept(nobody));
    const found = await storage.findSessionsByShop(shop);
    expect(found.map(({ id }) => id).sort()).toEqual([session.id, nobody.id].sort());
  });

  test('wrapped, a revoked token is gone from the stored data', async () => {
    const connection = await open();
    const storage = new EncryptedSessionStorage(connection.storage, { keyring });
    const session = expiringOfflineSession(shop);
    await storage.storeSession(session);
    expect((await connection.raw()).match(sealedToken)).not.toBeNull();
    Object.assign(session, { accessToken: undefined, refreshToken: undefined });
    await storage.storeSession(session);
    expect((await connection.raw()).match(sealedToken)).toBeNull();
  });

  test('a plaintext token that was there before is gone once the session is stored', async () => {
    const connection = await open();
    const session = expiringOfflineSession(shop);
    const [accessToken, refreshToken] = tokensOf(session);
    await connection.storage.storeSession(session);
    const storage = new EncryptedSessionStorage(connection.storage, { keyring, mode: 'migrate' });
    const loaded = await storage.loadSession(session.id);
    expect(kept(loaded)).toEqual(kept(session));
    delete loaded?.refreshToken;
    if (loaded !== undefined) await storage.storeSession(loaded);
    const contents = await connection.raw();
    expect(contents).not.toContain(accessToken);
    expect(contents).not.toContain(refreshToken);
    expect(contents.match(sealedToken)).toHaveLength(1);
  });

  test('wrapped, every session comes back as from the bare storage, or is refused alike', async () => {
    const [bare, inner] = [(await open()).storage, (await open()).storage];
    const wrapped = new EncryptedSessionStorage(inner, { keyring });
    const begun = offlineSession(shop, 'begun');
    delete begun.accessToken;
    const nameless = onlineSession(shop, 43);
    Object.assign(nameless, { onlineAccessInfo: { associated_user: { id: 43 } } });
    const expired = Object.assign(onlineSession(shop, 44), { expires: secondsFromNow(-60) });
    const stored = [...sessions(), begun, nameless, expired];
    for (const session of [...stored, ...oddSessions('odd.myshopify.com')]) {
      const [expected, actual] = [await stay(bare, session), await stay(wrapped, session)];
      expect(actual, session.id).toEqual(expected);
      expect(Object.getPrototypeOf(actual)).toBe(Object.getPrototypeOf(expected));
    }
    const order = ({ id }: { id: string }, other: { id: string }) => (id < other.id ? -1 : 1);
    const found = async (storage: SessionStorage) =>
      (await storage.findSessionsByShop(shop)).map(comparable).sort(order);
    expect(await found(wrapped)).toEqual(await found(bare));
    expect(await wrapped.deleteSession('unknown')).toBe(await bare.deleteSession('unknown'));
    expect(await wrapped.loadSession('unknown')).toBe(await bare.loadSession('unknown'));
  });

  test('wrapped without the optional methods, it has none, and the others work', async () => {
    const { storage } = await open();
    const { storeSession, loadSession, deleteSession } = storage;
    const old = {
      storeSession: storeSession.bind(storage),
      loadSession: loadSession.bind(storage),
      deleteSession: deleteSession.bind(storage),
    };
    const wrapped = new EncryptedSessionStorage(old, { keyring });
    expect(wrapped.deleteSessions ?? wrapped.findSessionsByShop).toBeUndefined();
    const session = expiringOfflineSession(shop);
    await wrapped.storeSession(session);
    expect(kept(await wrapped.loadSession(session.id))).toEqual(kept(session));
    expect(await wrapped.deleteSession(session.id)).toBe(true);
    expect(await wrapped.loadSession(session.id)).toBeUndefined();
  });
}

/** What becomes of a session that is stored and loaded: what comes back, or that it is refused. */
async function stay(storage: SessionStorage, session: Session): Promise<object> {
  try {
    expect(await storage.storeSession(session)).toBe(true);
  } catch {
    return { refused: true };
  }
  const loaded = await storage.loadSession(session.id);
  if (loaded === undefined) throw new Error(`${session.id} was stored, and is not there.`);
  return comparable(loaded);
}

/** Without what MongoDB adds, a number of its own for each document. */
function comparable(session: Session): Session {
  Reflect.deleteProperty(session, '_id');
  return session;
}

const searched = (connection: Connection) => (connection.bytes ?? connection.raw)();

/** A secret as it is, and as encodings would show it. */
function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // The first and last characters of base64 depend on the neighbours.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64.filter((text) => text.length > 4),
  ];
}
