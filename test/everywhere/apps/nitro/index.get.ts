// A route that keeps its sessions.
import { Session } from '@shopify/shopify-api';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });

export default async function handler(): Promise<string> {
  const storage = new EncryptedSessionStorage(openSessionStorage(process.env.STORE_URL ?? ''), {
    keyring,
  });
  const [id, shop] = ['offline_a', 'a.myshopify.com'];
  await storage.storeSession(
    new Session({ id, shop, state: '', isOnline: false, accessToken: 'a token' }),
  );
  const session = await storage.loadSession(id);
  return session instanceof Session ? `the token is ${session.accessToken}` : 'no session';
}
