// The official storages of today, and the options.
import type { Session } from '@shopify/shopify-api';
import type { SessionStorage } from '@shopify/shopify-app-session-storage';
import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { MySQLSessionStorage } from '@shopify/shopify-app-session-storage-mysql';
import { PostgreSQLSessionStorage } from '@shopify/shopify-app-session-storage-postgresql';
import { PrismaSessionStorage } from '@shopify/shopify-app-session-storage-prisma';
import { RedisSessionStorage } from '@shopify/shopify-app-session-storage-redis';
import {
  EncryptedSessionStorage,
  type EncryptedSessionStorageOptions,
  type FieldEvent,
  Keyring,
} from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

declare const prisma: ConstructorParameters<typeof PrismaSessionStorage>[0];
const url = 'postgres://localhost/app';

const storages: SessionStorage[] = [
  new EncryptedSessionStorage(new MemorySessionStorage()),
  new EncryptedSessionStorage(new PostgreSQLSessionStorage(url)),
  new EncryptedSessionStorage(new MySQLSessionStorage(url)),
  new EncryptedSessionStorage(new RedisSessionStorage(url)),
  new EncryptedSessionStorage({} as SessionStorage),
];
expectType<SessionStorage[]>()(storages, true);

const storage = new EncryptedSessionStorage(new PrismaSessionStorage(prisma));
const sessionStorage: SessionStorage = storage;
expectType<SessionStorage>()(sessionStorage, true);
expectType<Session | undefined>()(await storage.loadSession('id'), true);
expectType<Session[]>()(await storage.findSessionsByShop('a.myshopify.com'), true);
expectType<boolean>()(await storage.isReady(), true);
// @ts-expect-error the Prisma storage keeps `ready` to itself, and has no disconnect
storage.disconnect();

const postgres = new EncryptedSessionStorage(new PostgreSQLSessionStorage(url));
expectType<Promise<void>>()(postgres.ready, true);
await postgres.disconnect();

class AuditedStorage extends EncryptedSessionStorage<MemorySessionStorage> {
  override async storeSession(session: Session): Promise<boolean> {
    return super.storeSession(session);
  }
  override async findSessionsByShop(shop: string): Promise<Session[]> {
    return super.findSessionsByShop(shop);
  }
}
const audited: SessionStorage = new AuditedStorage(new MemorySessionStorage());
expectType<SessionStorage>()(audited, true);

const options: EncryptedSessionStorageOptions = {
  keyring: Keyring.fromEnv(),
  mode: 'rollback',
  userInfo: true,
  unreadable: 'forget',
  observer: {
    sealed: (event) => expectType<FieldEvent>()(event, true),
    unreadable: ({ code, kid }) => {
      if (code === 'ERR_KEY_UNKNOWN') expectType<string | undefined>()(kid, true);
    },
    opened: async () => {},
  },
};
new EncryptedSessionStorage(new MemorySessionStorage(), options);

// @ts-expect-error no such mode
new EncryptedSessionStorage(new MemorySessionStorage(), { mode: 'Strict' });
// @ts-expect-error no such option
new EncryptedSessionStorage(new MemorySessionStorage(), { keyRing: Keyring.fromEnv() });
// @ts-expect-error keys are given as a Keyring
new EncryptedSessionStorage(new MemorySessionStorage(), { keyring: 'kid:key' });
// @ts-expect-error neither a session storage nor a Keyv
new EncryptedSessionStorage(new Map<string, string>());
// @ts-expect-error not the class, an object of it
new EncryptedSessionStorage(MemorySessionStorage);
// @ts-expect-error the wrapped storage stays
storage.inner = new PrismaSessionStorage(prisma);
