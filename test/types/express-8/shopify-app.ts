// The storage survives the inference of shopifyApp(): the config has it as it was given.

import type { Session } from '@shopify/shopify-api';
import { ApiVersion, shopifyApp } from '@shopify/shopify-app-express';
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { Keyv } from 'keyv';
import {
  EncryptedSessionStorage,
  type KeyvSessionStorage,
} from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

const common = {
  api: {
    apiKey: 'key',
    apiSecretKey: 'secret',
    scopes: ['read_products'],
    hostName: 'app.example.com',
    apiVersion: ApiVersion.October25,
  },
  auth: { path: '/api/auth', callbackPath: '/api/auth/callback' },
  webhooks: { path: '/api/webhooks' },
};

const app = shopifyApp({
  ...common,
  sessionStorage: new EncryptedSessionStorage(new MemorySessionStorage()),
});
const { sessionStorage } = app.config;
expectType<EncryptedSessionStorage<MemorySessionStorage>>()(sessionStorage, true);
expectType<MemorySessionStorage>()(sessionStorage.inner, true);
expectType<Session | undefined>()(await sessionStorage.loadSession('id'), true);

const overKeyv = shopifyApp({
  ...common,
  sessionStorage: new EncryptedSessionStorage(new Keyv()),
});
expectType<KeyvSessionStorage>()(overKeyv.config.sessionStorage.inner, true);
expectType<Session | undefined>()(await overKeyv.config.sessionStorage.loadSession('id'), true);

shopifyApp({
  ...common,
  // @ts-expect-error a Keyv alone is not a session storage
  sessionStorage: new Keyv(),
});
