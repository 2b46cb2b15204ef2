// The ways in which apps of shopify-api 5 come to a session storage, each with ours in it.
import { Keyv } from 'keyv';
import {
  EncryptedSessionStorage,
  type EncryptedSessionStorageOptions,
  KeyvSessionStorage,
} from '../../src/index.js';
import { type LegacySession, type LegacySessionStorage, Shopify } from './shopify-api-5.js';

/** A storage as it is handed to `Shopify.Context.initialize`, and everything that lies in it. */
export interface LegacyStorage {
  readonly sessionStorage: LegacySessionStorage;
  contents(): string;
}

/** A storage as an app might write one: JSON text, from which it makes sessions again. */
class SessionsAsText {
  readonly texts = new Map<string, string>();

  async storeSession(session: LegacySession): Promise<boolean> {
    this.texts.set(session.id, JSON.stringify(session));
    return true;
  }

  async loadSession(id: string): Promise<LegacySession | undefined> {
    const text = this.texts.get(id);
    if (text === undefined) return undefined;
    const { expires, ...properties } = JSON.parse(text);
    const { shop, state, isOnline } = properties;
    const session = new Shopify.Session.Session(id, shop, state, isOnline);
    if (expires !== undefined) session.expires = new Date(expires);
    return Object.assign(session, properties);
  }

  async deleteSession(id: string): Promise<boolean> {
    return this.texts.delete(id);
  }

  async deleteSessions(ids: string[]): Promise<boolean> {
    return ids.map((id) => this.texts.delete(id)).every(Boolean);
  }

  async findSessionsByShop(shop: string): Promise<LegacySession[]> {
    const sessions = await Promise.all([...this.texts.keys()].map((id) => this.loadSession(id)));
    return sessions.filter((session) => session !== undefined).filter((s) => s.shop === shop);
  }
}

type Options = EncryptedSessionStorageOptions;

/** Each makes a new, empty storage. */
export const legacyStorages: Record<string, (options: Options) => LegacyStorage> = {
  'MemorySessionStorage, wrapped': (options) => {
    const inner = new Shopify.Session.MemorySessionStorage();
    return {
      sessionStorage: new EncryptedSessionStorage(inner, options),
      contents: () => JSON.stringify(inner),
    };
  },
  'CustomSessionStorage, with our methods as its callbacks': (options) => {
    const inner = new Shopify.Session.MemorySessionStorage();
    const storage = new EncryptedSessionStorage(inner, options);
    return {
      sessionStorage: new Shopify.Session.CustomSessionStorage(
        storage.storeSession,
        storage.loadSession,
        storage.deleteSession,
        storage.deleteSessions,
        storage.findSessionsByShop,
      ),
      contents: () => JSON.stringify(inner),
    };
  },
  'CustomSessionStorage over plain objects, wrapped': (options) => {
    const texts = new Map<string, string>();
    const inner = new Shopify.Session.CustomSessionStorage(
      async (session) => Boolean(texts.set(session.id, JSON.stringify(session))),
      async (id) => JSON.parse(texts.get(id) ?? 'null') ?? undefined,
      async (id) => texts.delete(id),
      async (ids) => ids.map((id) => texts.delete(id)).every(Boolean),
      async (shop) => [...texts.values()].map((t) => JSON.parse(t)).filter((s) => s.shop === shop),
    );
    return {
      sessionStorage: new EncryptedSessionStorage(inner, options),
      contents: () => JSON.stringify([...texts]),
    };
  },
  "the app's own class, wrapped": (options) => {
    const inner = new SessionsAsText();
    return {
      sessionStorage: new EncryptedSessionStorage(inner, options),
      contents: () => JSON.stringify([...inner.texts]),
    };
  },
  'a Keyv': (options) => {
    const map = new Map<string, unknown>();
    const { Session } = Shopify.Session;
    const inner = new KeyvSessionStorage(new Keyv({ store: map }), { Session });
    return {
      sessionStorage: new EncryptedSessionStorage(inner, options),
      contents: () => JSON.stringify([...map]),
    };
  },
};
