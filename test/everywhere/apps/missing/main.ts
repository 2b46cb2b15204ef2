// An app that has none of the optional packages: what needs one says which, and the rest works.
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
const open = (url: string) => new EncryptedSessionStorage(openSessionStorage(url), { keyring });

const needed = {
  'redis://127.0.0.1:6379': 'redis',
  'postgres://127.0.0.1:5432/app': 'pg',
  'mysql://127.0.0.1:3306/app': 'mysql2',
};
async function main(): Promise<void> {
  for (const [url, name] of Object.entries(needed)) {
    const error = await open(url)
      .loadSession('offline_a')
      .then(
        () => undefined,
        (reason: unknown) => reason as { code?: string; message: string },
      );
    const isNamed = new RegExp(`(?:npm install|yarn add) ${name}$`).test(error?.message ?? '');
    if (error?.code !== 'ERR_PACKAGE_MISSING' || !isNamed) {
      throw new Error(`${url}: ${error?.message ?? 'no error'}`, { cause: error });
    }
  }

  const storage = open('memory:');
  const session = {
    id: 'offline_a',
    shop: 'a.myshopify.com',
    isOnline: false,
    accessToken: 'a token',
  };
  await storage.storeSession(session);
  const loaded = await storage.loadSession('offline_a');
  if (loaded?.accessToken !== 'a token') throw new Error('Another token.');
  console.log('done');
}

void main();
