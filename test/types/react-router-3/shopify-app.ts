// The storage survives the inference of shopifyApp() of @shopify/shopify-app-react-router.
import { ApiVersion, AppDistribution, shopifyApp } from '@shopify/shopify-app-react-router/server';
import { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

declare const prisma: ConstructorParameters<typeof PrismaSessionStorage>[0];

const shopify = shopifyApp({
  apiKey: 'key',
  apiSecretKey: 'secret',
  apiVersion: ApiVersion.July26,
  appUrl: 'https://app.example.com',
  sessionStorage: new EncryptedSessionStorage(new PrismaSessionStorage(prisma)),
  distribution: AppDistribution.AppStore,
});

expectType<EncryptedSessionStorage<PrismaSessionStorage<typeof prisma>>>()(
  shopify.sessionStorage,
  true,
);
const { session } = await shopify.authenticate.admin(new Request('https://app.example.com'));
await shopify.sessionStorage.storeSession(session);
