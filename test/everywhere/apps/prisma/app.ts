// An app over the official storage of Prisma that adopts encryption, rotates its key and backs out.
import * as assert from 'node:assert';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '@prisma/client';
import { Session } from '@shopify/shopify-api';
import { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';
import {
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  reencryptSessions,
} from 'shopify-app-session-storage-encrypted';
import { prismaCatalog } from 'shopify-app-session-storage-encrypted/prisma';

const adapter = new PrismaPg({ connectionString: process.env.STORE_URL });
const prisma = new PrismaClient({ adapter });
// What `prisma migrate` makes of the model.
await prisma.$executeRawUnsafe(`CREATE TABLE "Session" (
  "id" TEXT NOT NULL PRIMARY KEY, "shop" TEXT NOT NULL, "state" TEXT NOT NULL,
  "isOnline" BOOLEAN NOT NULL DEFAULT false, "scope" TEXT, "expires" TIMESTAMP(3),
  "accessToken" TEXT NOT NULL, "userId" BIGINT, "firstName" TEXT, "lastName" TEXT, "email" TEXT,
  "accountOwner" BOOLEAN NOT NULL DEFAULT false, "locale" TEXT, "collaborator" BOOLEAN DEFAULT false,
  "emailVerified" BOOLEAN DEFAULT false, "refreshToken" TEXT, "refreshTokenExpires" TIMESTAMP(3))`);

const inner = new PrismaSessionStorage(prisma);
const catalog = prismaCatalog(prisma);
const [first, second] = ['k1', 'k2'].map((kid) => generateKey({ kid }).text);
const count = 30;
const shop = 'a.myshopify.com';
const tokenOf = (user: number) => `a token of user ${user}`;

for (let user = 0; user < count; user++) {
  await inner.storeSession(
    new Session({
      id: `${shop}_${user}`,
      shop,
      state: '',
      isOnline: true,
      scope: 'read_products',
      expires: new Date(Date.now() + 3_600_000),
      accessToken: tokenOf(user),
      onlineAccessInfo: {
        expires_in: 3600,
        associated_user_scope: 'read_products',
        associated_user: {
          id: user,
          first_name: 'Ada',
          last_name: 'Lovelace',
          email: 'ada@example.com',
          email_verified: true,
          account_owner: false,
          locale: 'en',
          collaborator: false,
        },
      },
    }),
  );
}

/** Re-encrypts every session, and sees how the app finds them then. */
async function reencrypt(keys: string, mode: 'migrate' | 'strict' | 'rollback') {
  const keyring = Keyring.parse(keys);
  const report = await reencryptSessions(catalog, { keyring, mode });
  assert.strictEqual(report.reencrypted, count);
  const stored = JSON.stringify(await prisma.session.findMany({ select: { accessToken: true } }));
  assert.strictEqual(stored.includes('a token'), mode === 'rollback');
  const storage = new EncryptedSessionStorage(inner, { keyring, mode });
  for (let user = 0; user < count; user++) {
    const session = await storage.loadSession(`${shop}_${user}`);
    assert.strictEqual(session?.accessToken, tokenOf(user));
    if (mode !== 'rollback') assert.strictEqual(await storage.storeSession(session), true);
  }
}

await reencrypt(`${first}`, 'migrate');
await reencrypt(`${second},${first}`, 'strict');
await reencrypt(`${second}`, 'rollback');

const added = { id: 'b', shop: 'b.myshopify.com', state: '', isOnline: false, accessToken: '' };
assert.strictEqual(await catalog.replaceSession(undefined, added), true);
assert.strictEqual(await catalog.replaceSession(undefined, added), false);
await catalog.disconnect?.();
