require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { Session } = require('@shopify/shopify-api');
const { Keyring } = require('shopify-app-session-storage-encrypted');
const { SessionsModule } = require('./sessions.module.js');

test('the app stores sealed tokens, and reads them', async () => {
  process.env.SESSION_ENCRYPTION_KEYS = `test:${Buffer.alloc(32, 1).toString('base64url')}`;
  const app = await NestFactory.createApplicationContext(SessionsModule, { logger: false });
  const storage = app.get('SESSION_STORAGE');
  const id = 'offline_a.myshopify.com';
  const shop = 'a.myshopify.com';
  const accessToken = 'the access token';
  await storage.storeSession(
    new Session({ id, shop, state: '', isOnline: false, scope: '', accessToken }),
  );

  expect((await storage.loadSession(id)).accessToken).toBe(accessToken);
  expect((await storage.inner.loadSession(id)).accessToken).toMatch(/^eyJ/);
  expect(Keyring.fromEnv().primary).toBe('test');
  await app.close();
});
