// What the tests of the wrapper share: keys, sessions, and a storage that keeps the objects it is
// given and hands those very objects out, as MemorySessionStorage does.
import { Session } from '@shopify/shopify-api';
import {
  EncryptedSessionStorage,
  type EncryptedSessionStorageOptions,
  Keyring,
} from '../../src/index.js';

export const oldKey = `2026-05:${Buffer.alloc(32, 5).toString('base64url')}`;
export const newKey = `2026-11:${Buffer.alloc(32, 11).toString('base64url')}`;
export const keyring = Keyring.parse(newKey);
export const rolledKeyring = Keyring.parse(`${newKey},${oldKey}`);
export const oldKeyring = Keyring.parse(oldKey);

export const shop = 'a.myshopify.com';
export const accessToken = 'shpat_0123456789abcdef0123456789abcdef';
export const refreshToken = 'shprt_fedcba9876543210fedcba9876543210';

type SessionParams = ConstructorParameters<typeof Session>[0];

export function offlineSession(changes: Partial<SessionParams> = {}): Session {
  const id = `offline_${changes.shop ?? shop}`;
  return new Session({ id, shop, state: '', isOnline: false, accessToken, ...changes });
}

export function onlineSession(changes: Partial<SessionParams> = {}): Session {
  return new Session({
    id: `${shop}_42`,
    shop,
    state: 'nonce',
    isOnline: true,
    scope: 'read_products',
    expires: new Date('2030-01-01T00:00:00Z'),
    accessToken,
    onlineAccessInfo: {
      expires_in: 86_400,
      associated_user_scope: 'read_products',
      associated_user: {
        id: 42,
        first_name: 'Ada',
        last_name: 'Lovelace',
        email: 'ada@example.com',
        email_verified: true,
        account_owner: true,
        locale: 'en',
        collaborator: false,
      },
    },
    ...changes,
  });
}

/** Keeps and hands out the very objects it is given. `rows` is what is stored. */
export class KeepingStorage<S extends { readonly id: string; shop: string } = Session> {
  readonly rows = new Map<string, S>();

  async storeSession(session: S): Promise<boolean> {
    this.rows.set(session.id, session);
    return true;
  }
  async loadSession(id: string): Promise<S | undefined> {
    return this.rows.get(id);
  }
  async deleteSession(id: string): Promise<boolean> {
    this.rows.delete(id);
    return true;
  }
  async deleteSessions(ids: string[]): Promise<boolean> {
    for (const id of ids) this.rows.delete(id);
    return true;
  }
  async findSessionsByShop(wanted: string): Promise<S[]> {
    return [...this.rows.values()].filter((session) => session.shop === wanted);
  }

  /** The stored session of this id, which must be there. */
  row(id: string): S {
    const session = this.rows.get(id);
    if (session === undefined) throw new Error(`nothing is stored under ${id}`);
    return session;
  }
}

/** A wrapper over a new KeepingStorage. */
export function wrapped(
  options: EncryptedSessionStorageOptions = {},
): EncryptedSessionStorage<KeepingStorage> {
  return new EncryptedSessionStorage(new KeepingStorage(), { keyring, ...options });
}

/** Another wrapper over the same wrapped storage. */
export function rewrapped<T extends KeepingStorage>(
  { inner }: { readonly inner: T },
  options: EncryptedSessionStorageOptions = {},
): EncryptedSessionStorage<T> {
  return new EncryptedSessionStorage(inner, { keyring, ...options });
}

/** A promise that is settled from outside, to look at what happens until then. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
