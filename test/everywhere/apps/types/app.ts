// What an app writes, against the declarations that are published; compiled by every release of
// TypeScript under every module resolution. It is not run.
import {
  EncryptedSessionStorage,
  generateKey,
  inspectToken,
  Keyring,
  type KeyvSessionStorage,
  OptionInvalidError,
  reencryptSessions,
  type SessionCatalog,
  SessionEncryptionError,
  type SessionLike,
  sealedTokenLength,
} from 'shopify-app-session-storage-encrypted';
import { mysqlCatalog } from 'shopify-app-session-storage-encrypted/mysql';
import { openSessionStorage } from 'shopify-app-session-storage-encrypted/open';
import { postgresqlCatalog } from 'shopify-app-session-storage-encrypted/postgresql';
import { prismaCatalog } from 'shopify-app-session-storage-encrypted/prisma';
import { redisCatalog } from 'shopify-app-session-storage-encrypted/redis';
import { sqliteCatalog } from 'shopify-app-session-storage-encrypted/sqlite';

interface AppSession extends SessionLike {
  refreshToken?: string;
}

/** A storage of the app's own. */
class MapStorage {
  readonly #sessions = new Map<string, AppSession>();
  async storeSession(session: AppSession): Promise<boolean> {
    this.#sessions.set(session.id, session);
    return true;
  }
  async loadSession(id: string): Promise<AppSession | undefined> {
    return this.#sessions.get(id);
  }
  async deleteSession(id: string): Promise<boolean> {
    return this.#sessions.delete(id);
  }
}

export async function app(url: string): Promise<string> {
  const keyring = Keyring.parse(`k1:${generateKey().jwk.k}`);
  const wrapped = new EncryptedSessionStorage(new MapStorage(), { keyring, mode: 'migrate' });
  const session = await wrapped.loadSession('offline_a');
  const token: string | undefined = session?.accessToken;
  const opened = openSessionStorage<AppSession>(url, { deadline: 1000 });
  const storage: KeyvSessionStorage<AppSession> = opened;
  const catalog: SessionCatalog<AppSession> = storage;
  try {
    const report = await reencryptSessions(catalog, { keyring });
    const inspected = inspectToken(token ?? '', keyring, undefined);
    return JSON.stringify([report, await inspected, sealedTokenLength(keyring)]);
  } catch (error) {
    if (error instanceof OptionInvalidError) return error.message;
    return error instanceof SessionEncryptionError ? error.code : 'unknown';
  }
}

export const catalogs = [
  mysqlCatalog,
  postgresqlCatalog,
  prismaCatalog,
  redisCatalog,
  sqliteCatalog,
];

// @ts-expect-error: an option of this name does not exist
export const misspelt = new EncryptedSessionStorage(new MapStorage(), { modes: 'strict' });
