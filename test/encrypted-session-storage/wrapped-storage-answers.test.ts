import { MemorySessionStorage } from '@shopify/shopify-app-session-storage-memory';
import { Keyv } from 'keyv';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage, KeyvSessionStorage } from '../../src/index.js';
import {
  KeepingStorage,
  keyring,
  offlineSession,
  oldKeyring,
  refreshToken,
  rewrapped,
  wrapped,
} from './subject.js';

const id = 'offline_a.myshopify.com';

describe('what the wrapped storage answers', () => {
  test.each([true, false])('%j stays', async (answer) => {
    const storage = wrapped();
    Object.assign(storage.inner, {
      storeSession: async () => answer,
      deleteSession: async () => answer,
      deleteSessions: async () => answer,
    });
    expect(await storage.storeSession(offlineSession())).toBe(answer);
    expect(await storage.deleteSession(id)).toBe(answer);
    expect(await storage.deleteSessions([id])).toBe(answer);
  });

  test.each(['rejects', 'throws'])('an error that it %s with stays that error', async (how) => {
    const failure = new Error('the database is down');
    const fail = () => {
      if (how === 'throws') throw failure;
      return Promise.reject(failure);
    };
    const storage = wrapped();
    const { inner } = storage;
    for (const name of Object.getOwnPropertyNames(KeepingStorage.prototype)) {
      if (name !== 'constructor') Object.assign(inner, { [name]: fail });
    }
    await expect(storage.storeSession(offlineSession())).rejects.toBe(failure);
    await expect(storage.loadSession(id)).rejects.toBe(failure);
    await expect(storage.deleteSession(id)).rejects.toBe(failure);
    await expect(storage.deleteSessions([id])).rejects.toBe(failure);
    await expect(storage.findSessionsByShop('a.myshopify.com')).rejects.toBe(failure);
  });

  test('is never asked to store a session that could not be sealed', async () => {
    const storage = wrapped();
    const session = Object.assign(offlineSession(), { refreshToken: 7 as never });
    await expect(storage.storeSession(session)).rejects.toMatchObject({
      code: 'ERR_SESSION_INVALID',
    });
    expect(storage.inner.rows.size).toBe(0);
  });

  test('is not asked to delete no sessions', async () => {
    const storage = wrapped();
    Object.assign(storage.inner, { deleteSessions: () => Promise.reject(new Error('SQL: IN ()')) });
    expect(await storage.deleteSessions([])).toBe(true);
  });
});

describe('calls that nobody waits for', () => {
  test('reach the wrapped storage in the order in which they were made', async () => {
    const storage = wrapped();
    const calls: string[] = [];
    const { storeSession, deleteSession } = storage.inner;
    storage.inner.storeSession = (session) => {
      calls.push(`store ${session.state}`);
      return storeSession.call(storage.inner, session);
    };
    storage.inner.deleteSession = (deleted) => {
      calls.push('delete');
      return deleteSession.call(storage.inner, deleted);
    };
    await Promise.all([
      storage.storeSession(offlineSession({ state: 'first', refreshToken })),
      storage.storeSession(offlineSession({ state: 'second' })),
      storage.storeSession(offlineSession({ state: 'third', accessToken: '' })),
      storage.deleteSession(id),
      storage.storeSession(offlineSession({ state: 'last' })),
    ]);
    expect(calls).toEqual(['store first', 'store second', 'store third', 'delete', 'store last']);
    expect((await storage.loadSession(id))?.state).toBe('last');
  });
});

describe('findSessionsByShop', () => {
  test('drops undefined entries and duplicates', async () => {
    const storage = wrapped();
    await storage.storeSession(offlineSession());
    const row = storage.inner.row(id);
    Object.assign(storage.inner, { findSessionsByShop: async () => [undefined, row, null, row] });
    expect(await storage.findSessionsByShop('a.myshopify.com')).toStrictEqual([offlineSession()]);
  });

  test.each([undefined, null])('takes %j for no sessions', async (answer) => {
    const storage = wrapped();
    Object.assign(storage.inner, { findSessionsByShop: async () => answer });
    expect(await storage.findSessionsByShop('a.myshopify.com')).toEqual([]);
  });

  test('keeps the order of the wrapped storage, readable and unreadable sessions alike', async () => {
    const storage = wrapped();
    const stranger = rewrapped(storage, { keyring: oldKeyring });
    for (const [index, writer] of [storage, stranger, storage].entries()) {
      await writer.storeSession(offlineSession({ id: `session-${index}` }));
    }
    const found = await storage.findSessionsByShop('a.myshopify.com');
    expect(found.map((session) => [session.id, session.accessToken !== undefined])).toEqual([
      ['session-0', true],
      ['session-1', false],
      ['session-2', true],
    ]);
  });
});

describe('inner', () => {
  test('is the storage that was given', () => {
    const inner = new MemorySessionStorage();
    expect(new EncryptedSessionStorage(inner, { keyring }).inner).toBe(inner);
  });

  test('is a KeyvSessionStorage when a Keyv was given', async () => {
    const keyv = new Keyv();
    const storage = new EncryptedSessionStorage(keyv, { keyring });
    expect(storage.inner).toBeInstanceOf(KeyvSessionStorage);
    await storage.storeSession(offlineSession());
    expect(await storage.loadSession(id)).toEqual(offlineSession());
    expect(JSON.stringify([...(keyv.store as Map<string, unknown>).values()])).not.toContain(
      'shpat_',
    );
  });
});
