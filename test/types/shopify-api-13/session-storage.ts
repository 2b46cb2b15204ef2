// Session of shopify-api 13 goes in and comes out.
import { Session } from 'shopify-api-13';
import { EncryptedSessionStorage, type SessionOf } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

/** SessionStorage of the @shopify/shopify-app-session-storage made for this release. */
interface SessionStorage {
  storeSession(session: Session): Promise<boolean>;
  loadSession(id: string): Promise<Session | undefined>;
  deleteSession(id: string): Promise<boolean>;
  deleteSessions(ids: string[]): Promise<boolean>;
  findSessionsByShop(shop: string): Promise<Session[]>;
}

declare const inner: SessionStorage & { disconnect(): Promise<void> };
const storage = new EncryptedSessionStorage(inner, { mode: 'migrate' });
const sessionStorage: SessionStorage = storage;

expectType<typeof inner>()(storage.inner, true);
expectType<Session>()({} as SessionOf<typeof inner>, true);
expectType<Session | undefined>()(await storage.loadSession('id'), true);
expectType<Session[]>()(await storage.findSessionsByShop('a.myshopify.com'), true);
expectType<Promise<void>>()(storage.disconnect(), true);
expectType<undefined>()(storage.isReady, true);

await sessionStorage.storeSession(
  new Session({ id: 'id', shop: 'a.myshopify.com', state: '', isOnline: false }),
);
// @ts-expect-error a session of this release has methods
await storage.storeSession({ id: 'id', shop: 'a.myshopify.com', state: '', isOnline: false });
