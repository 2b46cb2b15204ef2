import { shopifyApp } from '@shopify/shopify-app-express';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { expect, test } from 'vitest';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';

/** A storage as they were before release 4 of shopify-api, and whatever else it is given. */
function oldStorage(more: Partial<SessionStorage> = {}): SessionStorage {
  const { storeSession, loadSession, deleteSession } = new MemorySessionStorage();
  return { storeSession, loadSession, deleteSession, ...more } as SessionStorage;
}

function setUp(sessionStorage: SessionStorage) {
  const app = shopifyApp({
    api: {
      apiKey: 'key',
      apiSecretKey: 'secret',
      scopes: ['write_products'],
      hostName: 'app.example.com',
      apiVersion: '2026-07' as never,
      logger: { log: async () => {} },
    },
    auth: { path: '/auth', callbackPath: '/auth/callback' },
    webhooks: { path: '/webhooks' },
    sessionStorage,
  });
  return app.processWebhooks({ webhookHandlers: {} });
}

test.each([
  ['findSessionsByShop', oldStorage()],
  ['deleteSessions', oldStorage({ findSessionsByShop: async () => [] })],
])('Express refuses a storage without %s, wrapped as unwrapped', (missing, inner) => {
  const wrapped = new EncryptedSessionStorage(inner, { keyring: Keyring.generate() });

  expect(() => setUp(inner)).toThrow(missing);
  expect(() => setUp(wrapped)).toThrow(missing);
});

test('Express takes a storage that has them, wrapped as unwrapped', () => {
  const inner = new MemorySessionStorage();
  const wrapped = new EncryptedSessionStorage(inner, { keyring: Keyring.generate() });

  expect(() => setUp(inner)).not.toThrow();
  expect(() => setUp(wrapped)).not.toThrow();
});
