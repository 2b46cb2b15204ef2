// What an app does with its sessions, and what it expects; the same under every test runner, loader
// and bundler. Compiled to CommonJS where that is what the tool gets.
import * as assert from 'node:assert';
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  KeyvSessionStorage,
} from 'shopify-app-session-storage-encrypted';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';

const shop = 'a.myshopify.com';

export async function scenario(): Promise<void> {
  const keyring = Keyring.fromJwks({ keys: [generateKey().jwk] });
  const accessToken = 'a token of the shop';
  const session = new Session({ id: 'offline_a', shop, state: '', isOnline: false, accessToken });

  const keyv = new Keyv();
  // Before anything is stored through it, a storage has to find the class of sessions by itself.
  const wrapped = new EncryptedSessionStorage(new KeyvSessionStorage(keyv), { keyring });
  const another = new EncryptedSessionStorage(new KeyvSessionStorage(keyv), { keyring });
  assert.strictEqual(await wrapped.storeSession(session), true);
  for (const storage of [another, wrapped]) {
    const loaded = await storage.loadSession('offline_a');
    assert.ok(loaded instanceof Session, 'the session is not of the class of the app');
    assert.strictEqual(loaded.accessToken, accessToken);
    const [found] = await storage.findSessionsByShop(shop);
    assert.ok(found instanceof Session, 'the session found is not of the class of the app');
  }
  const stored = await new KeyvSessionStorage(keyv).loadSession('offline_a');
  assert.match(String(stored?.accessToken), /^eyJhbGciOiJkaXI/);

  const opened = new EncryptedSessionStorage(openSessionStorage('memory:'), { keyring });
  await opened.storeSession(session);
  assert.ok((await opened.loadSession('offline_a')) instanceof Session);
  assert.strictEqual(await opened.deleteSession('offline_a'), true);
}
