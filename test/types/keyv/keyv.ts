// Any Keyv, of release 5 or 6, in the place of a session storage.
import type { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { EncryptedSessionStorage, KeyvSessionStorage } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

const storage = new EncryptedSessionStorage(new Keyv());
const storages: SessionStorage[] = [
  storage,
  new EncryptedSessionStorage(new Keyv6()),
  new EncryptedSessionStorage(new KeyvSessionStorage(new Keyv())),
];
expectType<SessionStorage[]>()(storages, true);
expectType<KeyvSessionStorage>()(storage.inner, true);
expectType<Session | undefined>()(await storage.loadSession('id'), true);
expectType<Session[]>()(await storage.findSessionsByShop('a.myshopify.com'), true);
