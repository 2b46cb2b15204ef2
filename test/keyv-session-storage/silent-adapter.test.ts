// A Keyv adapter of which one answer never comes, as when its client drops a connection with what waits on it.
import { Session } from '@shopify/shopify-api';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { KeyvSessionStorage } from '../../src/index.js';

class SilentOnce {
  readonly #values = new Map<string, string>();
  silent = false;

  async get(key: string): Promise<string | undefined> {
    if (this.silent) await new Promise(() => {});
    return this.#values.get(key);
  }
  async set(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
  }
  async delete(key: string): Promise<boolean> {
    return this.#values.delete(key);
  }
  async clear(): Promise<void> {
    this.#values.clear();
  }
  on = () => this;
}

const shop = 'silent.myshopify.com';
const session = (accessToken: string) =>
  new Session({ id: `offline_${shop}`, shop, state: 's', isOnline: false, accessToken });

test.each(['storeSession', 'deleteSession'] as const)(
  '%s that gets no answer locks nobody out',
  async (method) => {
    const adapter = new SilentOnce();
    const storage = new KeyvSessionStorage<Session>(new Keyv({ store: adapter as never }), {
      deadline: 300,
    });
    await storage.storeSession(session('first'));

    adapter.silent = true;
    const late =
      method === 'storeSession'
        ? storage.storeSession(session('late'))
        : storage.deleteSession(session('').id);
    await expect(late).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    adapter.silent = false;

    expect(await storage.storeSession(session('second'))).toBe(true);
    expect(await storage.loadSession(session('').id)).toMatchObject({ accessToken: 'second' });
    expect(await storage.findSessionsByShop(shop)).toHaveLength(1);
  },
);
