// What wrapping a storage adds, looked at in the storage's own data, and what it must not change.
import { afterEach, expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Backend, Connection } from './backend.js';
import {
  expiringOfflineSession,
  kept,
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

  test('wrapped, sessions come back exactly as from the bare storage', async () => {
    const [bare, inner] = [(await open()).storage, (await open()).storage];
    const wrapped = new EncryptedSessionStorage(inner, { keyring });
    const begun = offlineSession(shop, 'begun');
    delete begun.accessToken;
    const nameless = onlineSession(shop, 43);
    Object.assign(nameless, { onlineAccessInfo: { associated_user: { id: 43 } } });
    const expired = Object.assign(onlineSession(shop, 44), { expires: secondsFromNow(-60) });
    const stored = [...sessions(), begun, nameless, expired];
    for (const session of stored) {
      expect(await wrapped.storeSession(session)).toBe(await bare.storeSession(session));
      const [expected, loaded] = [
        await bare.loadSession(session.id),
        await wrapped.loadSession(session.id),
      ];
      expect({ ...loaded }).toEqual({ ...expected, accessToken: expected?.accessToken });
      expect(Object.getPrototypeOf(loaded)).toBe(Object.getPrototypeOf(expected));
    }
    const order = ({ id }: { id: string }, other: { id: string }) => (id < other.id ? -1 : 1);
    expect((await wrapped.findSessionsByShop(shop)).sort(order)).toEqual(
      (await bare.findSessionsByShop(shop)).sort(order),
    );
    expect(await wrapped.deleteSession('unknown')).toBe(await bare.deleteSession('unknown'));
    expect(await wrapped.loadSession('unknown')).toBe(await bare.loadSession('unknown'));
  });
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
