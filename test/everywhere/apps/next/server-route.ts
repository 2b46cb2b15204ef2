// A route on Node.
import { Session } from '@shopify/shopify-api';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
  const storage = new EncryptedSessionStorage(openSessionStorage(process.env.STORE_URL ?? ''), {
    keyring,
  });
  const [id, shop] = ['offline_a', 'a.myshopify.com'];
  await storage.storeSession(
    new Session({ id, shop, state: '', isOnline: false, accessToken: 'a token' }),
  );
  const session = await storage.loadSession(id);
  await storage.deleteSession(id);
  return new Response(
    session instanceof Session ? `the token is ${session.accessToken}` : 'no session',
  );
}
