// The legacy initialize call, and the storages of shopify-api 5.
import { ApiVersion, type SessionInterface, Shopify } from 'shopify-api-5';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

const { MemorySessionStorage, CustomSessionStorage } = Shopify.Session;
const memory = new EncryptedSessionStorage(new MemorySessionStorage());

Shopify.Context.initialize({
  API_KEY: 'key',
  API_SECRET_KEY: 'secret',
  SCOPES: ['read_products'],
  HOST_NAME: 'app.example.com',
  API_VERSION: ApiVersion.October22,
  IS_EMBEDDED_APP: true,
  SESSION_STORAGE: memory,
});

expectType<InstanceType<typeof MemorySessionStorage>>()(memory.inner, true);
expectType<SessionInterface | undefined>()(await memory.loadSession('id'), true);
expectType<SessionInterface[]>()(await memory.findSessionsByShop('a.myshopify.com'), true);
expectType<boolean>()(await memory.deleteSessions(['id']), true);

// Its methods, handed over one by one.
new CustomSessionStorage(
  memory.storeSession,
  memory.loadSession,
  memory.deleteSession,
  memory.deleteSessions,
  memory.findSessionsByShop,
);

// A CustomSessionStorage, and a class of the user's own, wrapped.
const custom = new EncryptedSessionStorage(
  new CustomSessionStorage(
    async () => true,
    async () => undefined,
    async () => true,
  ),
);
Shopify.Context.SESSION_STORAGE = custom;

class OwnStorage {
  async storeSession(_session: SessionInterface): Promise<boolean> {
    return true;
  }
  async loadSession(_id: string): Promise<SessionInterface | undefined> {
    return undefined;
  }
  async deleteSession(_id: string): Promise<boolean> {
    return true;
  }
}
Shopify.Context.SESSION_STORAGE = new EncryptedSessionStorage(new OwnStorage());

// @ts-expect-error a session is not a string
memory.storeSession('session');
// @ts-expect-error this storage has nothing of the sort
memory.inner.disconnect();
