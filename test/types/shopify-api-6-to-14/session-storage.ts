// Sessions of shopify-api 6 to 14 go in and come out; 11 and 13 in more detail beside this.
import { Session as Session6 } from 'shopify-api-6';
import { Session as Session7 } from 'shopify-api-7';
import { Session as Session8 } from 'shopify-api-8';
import { Session as Session9 } from 'shopify-api-9';
import { Session as Session10 } from 'shopify-api-10';
import { Session as Session12 } from 'shopify-api-12';
import { Session as Session14 } from 'shopify-api-14';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

/** SessionStorage of the @shopify/shopify-app-session-storage made for these releases. */
interface StorageOf<Session> {
  storeSession(session: Session): Promise<boolean>;
  loadSession(id: string): Promise<Session | undefined>;
  deleteSession(id: string): Promise<boolean>;
  deleteSessions(ids: string[]): Promise<boolean>;
  findSessionsByShop(shop: string): Promise<Session[]>;
}

const plain = { id: 'id', shop: 'a.myshopify.com', state: '', isOnline: false };

const six = new EncryptedSessionStorage({} as StorageOf<Session6>);
six satisfies StorageOf<Session6>;
expectType<Session6 | undefined>()(await six.loadSession('id'), true);
expectType<Session6[]>()(await six.findSessionsByShop('a.myshopify.com'), true);
await six.storeSession(new Session6(plain));
// @ts-expect-error a session of this release has methods
await six.storeSession(plain);

const seven = new EncryptedSessionStorage({} as StorageOf<Session7>);
seven satisfies StorageOf<Session7>;
expectType<Session7 | undefined>()(await seven.loadSession('id'), true);
expectType<Session7[]>()(await seven.findSessionsByShop('a.myshopify.com'), true);
await seven.storeSession(new Session7(plain));
// @ts-expect-error a session of this release has methods
await seven.storeSession(plain);

const eight = new EncryptedSessionStorage({} as StorageOf<Session8>);
eight satisfies StorageOf<Session8>;
expectType<Session8 | undefined>()(await eight.loadSession('id'), true);
expectType<Session8[]>()(await eight.findSessionsByShop('a.myshopify.com'), true);
await eight.storeSession(new Session8(plain));
// @ts-expect-error a session of this release has methods
await eight.storeSession(plain);

const nine = new EncryptedSessionStorage({} as StorageOf<Session9>);
nine satisfies StorageOf<Session9>;
expectType<Session9 | undefined>()(await nine.loadSession('id'), true);
expectType<Session9[]>()(await nine.findSessionsByShop('a.myshopify.com'), true);
await nine.storeSession(new Session9(plain));
// @ts-expect-error a session of this release has methods
await nine.storeSession(plain);

const ten = new EncryptedSessionStorage({} as StorageOf<Session10>);
ten satisfies StorageOf<Session10>;
expectType<Session10 | undefined>()(await ten.loadSession('id'), true);
expectType<Session10[]>()(await ten.findSessionsByShop('a.myshopify.com'), true);
await ten.storeSession(new Session10(plain));
// @ts-expect-error a session of this release has methods
await ten.storeSession(plain);

const twelve = new EncryptedSessionStorage({} as StorageOf<Session12>);
twelve satisfies StorageOf<Session12>;
expectType<Session12 | undefined>()(await twelve.loadSession('id'), true);
expectType<Session12[]>()(await twelve.findSessionsByShop('a.myshopify.com'), true);
await twelve.storeSession(new Session12(plain));
// @ts-expect-error a session of this release has methods
await twelve.storeSession(plain);

const fourteen = new EncryptedSessionStorage({} as StorageOf<Session14>);
fourteen satisfies StorageOf<Session14>;
expectType<Session14 | undefined>()(await fourteen.loadSession('id'), true);
expectType<Session14[]>()(await fourteen.findSessionsByShop('a.myshopify.com'), true);
await fourteen.storeSession(new Session14(plain));
// @ts-expect-error a session of this release has methods
await fourteen.storeSession(plain);
