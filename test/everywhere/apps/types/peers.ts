// The same with the optional peers installed, whose types meet ours.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { EncryptedSessionStorage, KeyvSessionStorage } from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

export async function load(): Promise<Session | undefined> {
  const storage = new EncryptedSessionStorage(new Keyv());
  const opened = new EncryptedSessionStorage(openSessionStorage('memory:'));
  const own = new KeyvSessionStorage(new Keyv(), { Session });
  await own.storeSession(new Session({ id: 'offline_a', shop: 'a', state: '', isOnline: false }));
  const session: Session | undefined = await opened.loadSession('offline_a');
  return session ?? (await storage.loadSession('offline_a'));
}
