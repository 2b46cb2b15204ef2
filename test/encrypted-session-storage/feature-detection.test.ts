// Frameworks look for optional methods on the storage they are given: express 8 refuses a storage
// without findSessionsByShop or deleteSessions when it is set up.
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { KeepingStorage, keyring, offlineSession, wrapped } from './subject.js';

const threeMethods = () => {
  const kept = new KeepingStorage();
  return {
    storeSession: kept.storeSession.bind(kept),
    loadSession: kept.loadSession.bind(kept),
    deleteSession: kept.deleteSession.bind(kept),
  };
};

const optionalMethods = ['deleteSessions', 'findSessionsByShop'] as const;

describe.each(optionalMethods)('%s', (name) => {
  const other = name === 'deleteSessions' ? 'findSessionsByShop' : 'deleteSessions';

  test('is there when the wrapped storage has it', () => {
    const storage = wrapped();
    expect(typeof storage[name]).toBe('function');
  });

  test('is not there when the wrapped storage lacks it', () => {
    const storage = new EncryptedSessionStorage(threeMethods(), { keyring });
    expect(storage[name]).toBeUndefined();
    expect(Object.keys(storage)).not.toContain(name);
  });

  test('is not there when the wrapped storage has it as undefined', () => {
    const inner = { ...threeMethods(), deleteSessions: undefined, findSessionsByShop: undefined };
    const storage = new EncryptedSessionStorage(inner as never, { keyring });
    expect(storage[name]).toBeUndefined();
  });

  test('does not depend on the other optional method', () => {
    const inner = { ...threeMethods(), [name]: async () => [] };
    const storage = new EncryptedSessionStorage(inner, { keyring });
    expect(typeof storage[name]).toBe('function');
    expect(storage[other]).toBeUndefined();
  });

  test("is a subclass's own, even over a wrapped storage without it", async () => {
    class Complete extends EncryptedSessionStorage<ReturnType<typeof threeMethods>> {
      override async deleteSessions(): Promise<boolean> {
        return true;
      }
      override async findSessionsByShop(): Promise<never[]> {
        return [];
      }
    }
    const storage = new Complete(threeMethods(), { keyring });
    expect(name in storage).toBe(true);
    expect(await storage.deleteSessions()).toBe(true);
    expect(await storage.findSessionsByShop()).toEqual([]);
  });
});

test('the wrapper is an EncryptedSessionStorage, whatever the wrapped storage has', () => {
  const storage = new EncryptedSessionStorage(threeMethods(), { keyring });
  expect(storage).toBeInstanceOf(EncryptedSessionStorage);
  expect(storage.constructor).toBe(EncryptedSessionStorage);
});

test('the wrapper is not a promise: awaiting it gives the wrapper', async () => {
  const storage = wrapped();
  expect(await (storage as unknown)).toBe(storage);
});

describe('isReady, ready and disconnect', () => {
  test('are not there when the wrapped storage lacks them', () => {
    const storage = wrapped();
    for (const name of ['isReady', 'ready', 'disconnect']) expect(name in storage).toBe(false);
  });

  test('are bound to the wrapped storage when it has them', async () => {
    class ConnectedStorage extends KeepingStorage {
      connected = true;
      async isReady(): Promise<boolean> {
        return this.connected;
      }
      async disconnect(): Promise<void> {
        this.connected = false;
      }
    }
    const storage = new EncryptedSessionStorage(new ConnectedStorage(), { keyring });
    const { isReady, disconnect } = storage;
    expect(await isReady()).toBe(true);
    await disconnect();
    expect(storage.inner.connected).toBe(false);
    expect(await isReady()).toBe(false);
  });

  test('ready is the very promise that the wrapped storage has now', async () => {
    class PollingStorage extends KeepingStorage {
      ready: Promise<boolean> = Promise.resolve(false);
    }
    const storage = new EncryptedSessionStorage(new PollingStorage(), { keyring });
    expect(storage.ready).toBe(storage.inner.ready);
    storage.inner.ready = Promise.resolve(true);
    expect(await storage.ready).toBe(true);
  });

  test("a subclass's own are kept", async () => {
    class ConnectedStorage extends KeepingStorage {
      async disconnect(): Promise<string> {
        return 'inner';
      }
    }
    class Outer extends EncryptedSessionStorage<ConnectedStorage> {}
    Object.defineProperty(Outer.prototype, 'disconnect', { value: async () => 'outer' });
    expect(await new Outer(new ConnectedStorage(), { keyring }).disconnect()).toBe('outer');
  });
});

test('a method of the wrapped storage that is replaced later is the one that is called', async () => {
  const storage = wrapped();
  storage.inner.loadSession = async () => offlineSession({ accessToken: '' });
  expect((await storage.loadSession('offline_a.myshopify.com'))?.id).toBe(
    'offline_a.myshopify.com',
  );
});
