import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import { KeepingStorage, keyring, offlineSession, wrapped } from './subject.js';

const id = 'offline_a.myshopify.com';

test('every method works detached, as the legacy guide hands them to CustomSessionStorage', async () => {
  const { storeSession, loadSession, deleteSession, deleteSessions, findSessionsByShop } =
    wrapped();
  expect(await storeSession(offlineSession())).toBe(true);
  expect(await loadSession(id)).toStrictEqual(offlineSession());
  expect(await findSessionsByShop('a.myshopify.com')).toStrictEqual([offlineSession()]);
  expect(await deleteSession(id)).toBe(true);
  expect(await loadSession(id)).toBeUndefined();
  await storeSession(offlineSession());
  expect(await deleteSessions([id])).toBe(true);
  expect(await loadSession(id)).toBeUndefined();
});

describe('a subclass', () => {
  class CountingStorage extends EncryptedSessionStorage<KeepingStorage> {
    readonly calls: string[] = [];
    override async storeSession(session: ReturnType<typeof offlineSession>): Promise<boolean> {
      this.calls.push('storeSession');
      return super.storeSession(session);
    }
    override async loadSession(wanted: string) {
      this.calls.push('loadSession');
      return super.loadSession(wanted);
    }
    override async deleteSession(wanted: string): Promise<boolean> {
      this.calls.push('deleteSession');
      return super.deleteSession(wanted);
    }
    override async deleteSessions(ids: string[]): Promise<boolean> {
      this.calls.push('deleteSessions');
      return super.deleteSessions(ids);
    }
    override async findSessionsByShop(shop: string) {
      this.calls.push('findSessionsByShop');
      return super.findSessionsByShop(shop);
    }
  }

  test('overrides every method, also when it is called detached, and reaches ours by super', async () => {
    const storage = new CountingStorage(new KeepingStorage(), { keyring });
    const { storeSession, loadSession, deleteSession, deleteSessions, findSessionsByShop } =
      storage;
    await storeSession(offlineSession());
    expect(storage.inner.row(id).accessToken).not.toContain('shpat_');
    expect(await loadSession(id)).toStrictEqual(offlineSession());
    expect(await findSessionsByShop('a.myshopify.com')).toStrictEqual([offlineSession()]);
    expect(await deleteSession(id)).toBe(true);
    expect(await deleteSessions([id])).toBe(true);
    expect(storage.calls).toEqual([
      'storeSession',
      'loadSession',
      'findSessionsByShop',
      'deleteSession',
      'deleteSessions',
    ]);
  });

  test('may override a method with a property', async () => {
    class ReadOnlyStorage extends EncryptedSessionStorage<KeepingStorage> {
      override storeSession = async () => false;
    }
    const storage = new ReadOnlyStorage(new KeepingStorage(), { keyring });
    expect(await storage.storeSession()).toBe(false);
    expect(await storage.loadSession(id)).toBeUndefined();
  });
});

test('a method of one wrapper can be replaced, as spies do', async () => {
  const storage = wrapped();
  storage.storeSession = async () => false;
  expect(await storage.storeSession(offlineSession())).toBe(false);
});
