// A route that keeps its sessions, as one of Shopify's template does.
import { Session } from '@shopify/shopify-api';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
const storage = new EncryptedSessionStorage(
  openSessionStorage(process.env.STORE_URL ?? 'memory:'),
  { keyring },
);

export async function loader(): Promise<string> {
  const [id, shop] = ['offline_a', 'a.myshopify.com'];
  await storage.storeSession(
    new Session({ id, shop, state: '', isOnline: false, accessToken: 'a token' }),
  );
  const session = await storage.loadSession(id);
  await storage.deleteSession(id);
  return session instanceof Session ? `the token is ${session.accessToken}` : 'no session';
}

export default function Home({ loaderData }: { loaderData: string }) {
  return <p>{loaderData}</p>;
}
