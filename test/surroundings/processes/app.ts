// An app that seals, stores, loads, finds and deletes a session in each of the stores that it is given.
import { Session } from '@shopify/shopify-api';
import { EncryptedSessionStorage, Keyring, reencryptSessions } from '../../../src/index.js';
import { openSessionStorage } from '../../../src/open/index.js';

const id = 'offline_app.myshopify.com';
const shop = 'app.myshopify.com';
const session = new Session({ id, shop, state: '', isOnline: false, accessToken: 'shpat_app' });
const [first, second] = [Keyring.generate(), Keyring.generate()];

for (const url of process.argv.slice(2)) {
  const store = openSessionStorage(url);
  const storage = new EncryptedSessionStorage(store, { keyring: first });
  await storage.storeSession(session);
  const report = await reencryptSessions(store, { keyring: first });
  const [found] = (await storage.findSessionsByShop(shop)) ?? [];
  const loaded = await storage.loadSession(id);
  const refused = await new EncryptedSessionStorage(store, { keyring: second })
    .loadSession(id)
    .catch((error: unknown) => error);
  await storage.deleteSession(id);
  await store.disconnect();
  const answers = [report.scanned, found?.accessToken, loaded instanceof Session];
  console.log(...answers, (refused as { code?: string }).code);
}
