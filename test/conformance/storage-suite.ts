// What an app relies on in any session storage, wrapped or not.
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { expect, test } from 'vitest';
import type { Capabilities } from './backend.js';
import {
  expiringOfflineSession,
  kept,
  offlineSession,
  onlineSession,
  secondsFromNow,
  token,
} from './sessions.js';

let shops = 0;
const newShop = () => `shop-${++shops}.myshopify.com`;

/** Ids and shops with characters that queries, keys and JSON treat as something else. */
const oddIds = [
  `offline_it's "quoted" \\ back.myshopify.com`,
  'offline_%_*?[a-z]{b}.myshopify.com',
  'a:b::c/d#e&f=g+h%2Fi',
  'offline_größe-商店-🛍.myshopify.com',
  ' offline_spaces \t',
];

/** Registers the tests of `storage`, which is open while they run. */
export function storageSuite(storage: () => SessionStorage, capabilities: Capabilities): void {
  const { foundPerShop, forgetsTokens, copies, deletesNone, exactFields } = capabilities;
  const ids = async (shop: string) =>
    (await storage().findSessionsByShop(shop)).map(({ id }) => id).sort();

  test.for([
    ['an offline session', (shop: string) => offlineSession(shop)],
    ['an expiring offline session', expiringOfflineSession],
    ['an online session', (shop: string) => onlineSession(shop, 42)],
    [
      'an online session that has expired',
      (shop: string) => Object.assign(onlineSession(shop, 42), { expires: secondsFromNow(-60) }),
    ],
  ] as const)('%s comes back as it was stored', async ([, make]) => {
    const session = make(newShop());
    await expect(storage().storeSession(session)).resolves.toBe(true);
    const loaded = await storage().loadSession(session.id);
    expect(kept(loaded)).toEqual(kept(session));
    expect(loaded?.isActive('read_products')).toBe(session.isActive('read_products'));
    expect(loaded?.constructor.name).toBe('Session');
    if (exactFields) expect({ ...loaded }).toEqual({ ...session });
  });

  test('a session without a token comes back without one', async () => {
    const session = offlineSession(newShop());
    delete session.accessToken;
    await storage().storeSession(session);
    const loaded = await storage().loadSession(session.id);
    expect(loaded?.accessToken).toBeUndefined();
    expect(loaded?.isActive(undefined)).toBe(false);
  });

  test('storing a session leaves the given object as it is', async () => {
    const session = expiringOfflineSession(newShop());
    const before = structuredClone({ ...session });
    await storage().storeSession(Object.freeze(session));
    expect({ ...session }).toEqual(before);
  });

  test('a session stored again replaces the one before', async () => {
    const shop = newShop();
    await storage().storeSession(expiringOfflineSession(shop));
    const refreshed = expiringOfflineSession(shop);
    refreshed.scope = 'read_products,write_orders,read_customers';
    await storage().storeSession(refreshed);
    expect(kept(await storage().loadSession(refreshed.id))).toEqual(kept(refreshed));
    const found = await ids(shop);
    expect(capabilities.findsOnce ? found : [...new Set(found)]).toEqual([refreshed.id]);
  });

  test('a session can be loaded, changed and stored again', async () => {
    const session = onlineSession(newShop(), 42);
    await storage().storeSession(session);
    const loaded = await storage().loadSession(session.id);
    if (loaded === undefined) throw new Error('Not found.');
    loaded.accessToken = token('shpua');
    await expect(storage().storeSession(loaded)).resolves.toBe(true);
    expect(kept(await storage().loadSession(session.id))).toEqual(kept(loaded));
  });

  test.runIf(copies)('changing a session that was handed out stores nothing', async () => {
    const session = onlineSession(newShop(), 42);
    await storage().storeSession(session);
    const loaded = await storage().loadSession(session.id);
    const before = kept(loaded);
    if (loaded?.onlineAccessInfo === undefined) throw new Error('Not found.');
    loaded.accessToken = 'changed';
    loaded.onlineAccessInfo.associated_user.email = 'changed@example.com';
    expect(kept(await storage().loadSession(session.id))).toEqual(before);
  });

  test.runIf(forgetsTokens)('a revoked token is gone', async () => {
    const session = expiringOfflineSession(newShop());
    await storage().storeSession(session);
    const loaded = await storage().loadSession(session.id);
    if (loaded === undefined) throw new Error('Not found.');
    // The assignment of @shopify/shopify-app-react-router on a 401.
    Object.assign(loaded, { accessToken: undefined, refreshToken: undefined });
    await storage().storeSession(loaded);
    const revoked = await storage().loadSession(session.id);
    expect(revoked?.id).toBe(session.id);
    expect(revoked?.accessToken).toBeUndefined();
    expect(revoked?.refreshToken).toBeUndefined();
  });

  test('an unknown id loads undefined', async () => {
    await expect(storage().loadSession('offline_unknown')).resolves.toBeUndefined();
  });

  test('a deleted session is gone, and others stay', async () => {
    const shop = newShop();
    const [gone, stays] = [onlineSession(shop, 1), onlineSession(shop, 2)];
    await storage().storeSession(gone);
    await storage().storeSession(stays);
    await expect(storage().deleteSession(gone.id)).resolves.toBe(true);
    await expect(storage().loadSession(gone.id)).resolves.toBeUndefined();
    await expect(ids(shop)).resolves.toEqual([stays.id]);
    expect(kept(await storage().loadSession(stays.id))).toEqual(kept(stays));
  });

  test('deleting an unknown session is true', async () => {
    await expect(storage().deleteSession('offline_unknown')).resolves.toBe(true);
    await expect(storage().deleteSessions(['offline_unknown', 'x'])).resolves.toBe(true);
  });

  test.runIf(deletesNone)('deleting no sessions is true', async () => {
    await expect(storage().deleteSessions([])).resolves.toBe(true);
  });

  test('uninstalling finds all sessions of the shop, deletes them, and leaves other shops', async () => {
    const [shop, other] = [newShop(), newShop()];
    const sessions = [offlineSession(shop), ...[1, 2, 3].map((user) => onlineSession(shop, user))];
    const stays = offlineSession(other);
    for (const session of [...sessions, stays]) await storage().storeSession(session);

    const found = await storage().findSessionsByShop(shop);
    const byId = new Map(found.map((session) => [session.id, kept(session)]));
    expect(byId).toEqual(new Map(sessions.map((session) => [session.id, kept(session)])));
    expect(found).toHaveLength(sessions.length);

    // One after the other where a storage loses all but one of the changes to its list.
    if (capabilities.exactIndex) {
      await expect(storage().deleteSessions(found.map(({ id }) => id))).resolves.toBe(true);
    } else {
      for (const { id } of found) await storage().deleteSessions([id]);
    }
    await expect(ids(shop)).resolves.toEqual([]);
    for (const { id } of found) await expect(storage().loadSession(id)).resolves.toBeUndefined();
    await expect(ids(other)).resolves.toEqual([stays.id]);
  });

  test.runIf(capabilities.exactIndex)('a session stored for another shop has moved', async () => {
    const [from, to] = [newShop(), newShop()];
    const session = offlineSession(from);
    await storage().storeSession(session);
    await storage().storeSession(offlineSession(to, session.id));
    await expect(ids(from)).resolves.toEqual([]);
    await expect(ids(to)).resolves.toEqual([session.id]);
    await storage().deleteSession(session.id);
    await expect(ids(to)).resolves.toEqual([]);
  });

  test('a shop without sessions has none', async () => {
    await expect(storage().findSessionsByShop('unknown.myshopify.com')).resolves.toEqual([]);
  });

  test.for(capabilities.anyId ? [...oddIds, '__proto__'] : oddIds)(
    'the id %j is stored, found and deleted',
    async (id) => {
      const session = offlineSession(`shop of ${id}`.trim(), id);
      await storage().storeSession(session);
      expect(kept(await storage().loadSession(id))).toEqual(kept(session));
      await expect(ids(session.shop)).resolves.toEqual([id]);
      await storage().deleteSessions([id]);
      await expect(storage().loadSession(id)).resolves.toBeUndefined();
      await expect(ids(session.shop)).resolves.toEqual([]);
    },
  );

  test('sessions of one shop that are stored at once are all there', async () => {
    const shop = newShop();
    const count = Math.min(40, foundPerShop);
    const sessions = Array.from({ length: count }, (_, user) => onlineSession(shop, user + 1));
    await Promise.all(sessions.map((session) => storage().storeSession(session)));
    for (const session of sessions) {
      expect(kept(await storage().loadSession(session.id))).toEqual(kept(session));
    }
    const all = sessions.map(({ id }) => id).sort();
    if (capabilities.exactIndex) await expect(ids(shop)).resolves.toEqual(all);
    await storage().deleteSessions(all);
    await expect(ids(shop)).resolves.toEqual([]);
  });
}
