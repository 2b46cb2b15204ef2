// A store with sessions that an app has sealed with a key that is now old.
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { MapCatalog, type StoredSession } from './map-catalog.js';

export const oldKey = generateKey({ kid: 'old' }).text;
export const newKey = generateKey({ kid: 'new' }).text;

/** The key ring before the rotation, during it, and once the old key has been removed. */
export const oldRing = Keyring.parse(oldKey);
export const bothRing = Keyring.parse(`${newKey},${oldKey}`);
export const newRing = Keyring.parse(newKey);

export const offlineSession = (n: number): StoredSession => ({
  id: `offline_shop-${n}.myshopify.com`,
  shop: `shop-${n}.myshopify.com`,
  state: 'state',
  isOnline: false,
  accessToken: `shpat_${n}`,
  refreshToken: `shprt_${n}`,
});

export const onlineSession = (n: number): StoredSession => ({
  id: `shop-${n}.myshopify.com_${n}`,
  shop: `shop-${n}.myshopify.com`,
  isOnline: true,
  accessToken: `shpua_${n}`,
  onlineAccessInfo: {
    associated_user: { id: n, first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' },
  },
});

/** An app on `store` with the given keys. */
export const appOn = (store: MapCatalog, keyring: Keyring, userInfo = false) =>
  new EncryptedSessionStorage(store, { keyring, userInfo, mode: 'strict' });

/** A store with `count` offline sessions, sealed with the old key. */
export async function storeOnOldKey(count: number): Promise<MapCatalog> {
  const store = new MapCatalog();
  const app = appOn(store, oldRing);
  for (let n = 1; n <= count; n++) await app.storeSession(offlineSession(n));
  return store;
}
