// One app of a workspace in which each has a shopify-api of its own.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  KeyvSessionStorage,
} from 'shopify-app-session-storage-encrypted';

async function main(): Promise<void> {
  const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
  const keyv = new Keyv();
  const session = new Session({
    id: 'offline_a',
    shop: 'a.myshopify.com',
    state: '',
    isOnline: false,
    accessToken: 'a token',
  });
  const storage = new EncryptedSessionStorage(new KeyvSessionStorage(keyv), { keyring });
  await storage.storeSession(session);
  // A process that has stored nothing yet is told the class.
  const another = new EncryptedSessionStorage(new KeyvSessionStorage(keyv, { Session }), {
    keyring,
  });
  for (const reader of [storage, another]) {
    const loaded = await reader.loadSession('offline_a');
    if (!(loaded instanceof Session)) throw new Error('Not of the class of this app.');
    if (loaded.accessToken !== 'a token') throw new Error('Another token.');
  }
  console.log('done');
}

void main();
