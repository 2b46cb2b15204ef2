import { createRequire } from 'node:module';
import { Session } from '@shopify/shopify-api';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { accessToken, KeepingStorage, keyring, offlineSession, shop } from './subject.js';

const id = 'offline_a.myshopify.com';

async function throughTheStore<S extends { readonly id: string; shop: string }>(session: S) {
  const inner = new KeepingStorage<S>();
  const storage = new EncryptedSessionStorage(inner, { keyring });
  await storage.storeSession(session);
  const loaded = await storage.loadSession(session.id);
  if (loaded === undefined) throw new Error('not loaded');
  return { stored: inner.row(session.id), loaded };
}

describe('a session comes back as what it was', () => {
  test('of the ESM class', async () => {
    const { stored, loaded } = await throughTheStore(offlineSession());
    expect(stored).toBeInstanceOf(Session);
    expect(loaded).toBeInstanceOf(Session);
    expect(loaded.isActive(undefined)).toBe(true);
    expect(loaded.equals(offlineSession())).toBe(true);
  });

  test('of the CommonJS copy of the class, which is another class', async () => {
    const { Session: CommonJsSession } = createRequire(import.meta.url)('@shopify/shopify-api') as {
      Session: typeof Session;
    };
    expect(CommonJsSession).not.toBe(Session);
    const { stored, loaded } = await throughTheStore(new CommonJsSession({ ...offlineSession() }));
    expect(stored).toBeInstanceOf(CommonJsSession);
    expect(loaded).toBeInstanceOf(CommonJsSession);
    expect(loaded).not.toBeInstanceOf(Session);
  });

  test('a plain object, as shopify-api 1 to 4 hand out', async () => {
    const session = { id, shop, state: '', isOnline: false, accessToken };
    const { stored, loaded } = await throughTheStore(session);
    expect(Object.keys(stored)).toEqual(Object.keys(session));
    expect(loaded).toStrictEqual(session);
  });

  test('an object without a prototype', async () => {
    const session = Object.assign(Object.create(null) as object, { id, shop, accessToken });
    const { loaded } = await throughTheStore(session);
    expect(Object.getPrototypeOf(loaded)).toBeNull();
    expect(loaded.accessToken).toBe(accessToken);
  });

  test('with every extra property, symbols included', async () => {
    const tenant = Symbol('tenant');
    const session = Object.assign(offlineSession(), { plan: { name: 'plus' }, [tenant]: 7 });
    const { stored, loaded } = await throughTheStore(session);
    expect(stored.plan).toEqual({ name: 'plus' });
    expect(loaded.plan).toEqual({ name: 'plus' });
    expect(loaded[tenant]).toBe(7);
  });

  test('of a class that keeps its token behind an accessor', async () => {
    class GuardedSession {
      #token = accessToken;
      readonly id = id;
      shop = shop;
      get accessToken(): string {
        return this.#token;
      }
    }
    const { stored, loaded } = await throughTheStore(new GuardedSession());
    expect(stored.accessToken).not.toContain('shpat_');
    expect(loaded).toBeInstanceOf(GuardedSession);
    expect(loaded.accessToken).toBe(accessToken);
  });

  test('of an object that inherits its token from another', async () => {
    const session = Object.assign(Object.create({ accessToken }) as { accessToken: string }, {
      id,
      shop,
    });
    const { stored, loaded } = await throughTheStore(session);
    expect(stored.accessToken).not.toContain('shpat_');
    expect(loaded.accessToken).toBe(accessToken);
  });

  test('with a token property that is not enumerable', async () => {
    const session = Object.defineProperty({ id, shop, accessToken: '' }, 'accessToken', {
      value: accessToken,
      enumerable: false,
    });
    const { stored, loaded } = await throughTheStore(session);
    expect(stored.accessToken).not.toContain('shpat_');
    expect(loaded.accessToken).toBe(accessToken);
  });
});
