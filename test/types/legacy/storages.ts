// The storages of shopify-api 1 to 4, which lack the optional methods at first, and their sessions.
import { Shopify as Shopify1 } from 'shopify-api-1';
import { Shopify as Shopify2 } from 'shopify-api-2';
import { Shopify as Shopify3 } from 'shopify-api-3';
import { Shopify as Shopify4 } from 'shopify-api-4';
import { EncryptedSessionStorage } from 'shopify-app-session-storage-encrypted';
import { expectType } from '../expect-type.js';

const one = new EncryptedSessionStorage(new Shopify1.Session.MemorySessionStorage());
const two = new EncryptedSessionStorage(new Shopify2.Session.MemorySessionStorage());
const three = new EncryptedSessionStorage(new Shopify3.Session.MemorySessionStorage());
const four = new EncryptedSessionStorage(new Shopify4.Session.MemorySessionStorage());

Shopify1.Context.SESSION_STORAGE = one;
Shopify2.Context.SESSION_STORAGE = two;
Shopify3.Context.SESSION_STORAGE = three;
Shopify4.Context.SESSION_STORAGE = four;

type Loaded<T extends { loadSession(id: string): unknown }> = Awaited<ReturnType<T['loadSession']>>;
expectType<Loaded<Shopify1Memory>>()(await one.loadSession('id'), true);
type Shopify1Memory = InstanceType<typeof Shopify1.Session.MemorySessionStorage>;
