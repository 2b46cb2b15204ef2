// Calls for one session reach the wrapped storage in the order in which they were made, whatever
// sealing takes, and do not wait for each other's end.
import { Session } from '@shopify/shopify-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncryptedSessionStorage } from '../../src/index.js';
import {
  accessToken,
  gate,
  KeepingStorage,
  keyring,
  offlineSession,
  onlineSession,
  refreshToken,
  rewrapped,
  wrapped,
} from './subject.js';

const id = 'offline_a.myshopify.com';
// Elsewhere WebCrypto seals, which takes a while.
const isNode = process.getBuiltinModule('node:crypto') !== undefined;

/** Records the calls that reach it, in order. */
class RecordingStorage extends KeepingStorage {
  readonly calls: string[] = [];
  override async storeSession(session: Session): Promise<boolean> {
    this.calls.push(`store ${session.id} ${session.scope}`);
    return super.storeSession(session);
  }
  override async loadSession(wanted: string) {
    this.calls.push(`load ${wanted}`);
    return super.loadSession(wanted);
  }
  override async deleteSession(wanted: string) {
    this.calls.push(`delete ${wanted}`);
    return super.deleteSession(wanted);
  }
  override async deleteSessions(ids: string[]) {
    this.calls.push(...ids.map((one) => `delete ${one}`));
    return super.deleteSessions(ids);
  }
}

describe('calls for one session', () => {
  test('to store it, the first with two tokens and the second with none, end with the second', async () => {
    const storage = wrapped();
    const first = storage.storeSession(offlineSession({ refreshToken, scope: 'first' }));
    const second = storage.storeSession(
      new Session({ id, shop: 'a.myshopify.com', state: '', isOnline: false, scope: 'second' }),
    );
    await Promise.all([first, second]);
    expect(storage.inner.row(id).scope).toBe('second');
  });

  test('to store it and then to delete it leave nothing', async () => {
    const storage = wrapped();
    await Promise.all([storage.storeSession(offlineSession()), storage.deleteSession(id)]);
    expect(storage.inner.rows.size).toBe(0);
    await Promise.all([storage.storeSession(offlineSession()), storage.deleteSessions([id])]);
    expect(storage.inner.rows.size).toBe(0);
  });

  test('to store it and then to load it find it', async () => {
    const storage = wrapped();
    const [, loaded] = await Promise.all([
      storage.storeSession(offlineSession()),
      storage.loadSession(id),
    ]);
    expect(loaded?.accessToken).toBe(accessToken);
  });

  test('go on after one that cannot be sealed', async () => {
    const storage = wrapped();
    const results = await Promise.allSettled([
      storage.storeSession(offlineSession({ scope: 'first' })),
      storage.storeSession(Object.assign(offlineSession(), { accessToken: 7 as never })),
      storage.storeSession(offlineSession({ scope: 'third' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(storage.inner.row(id).scope).toBe('third');
  });

  test('do not wait for each other to end', async () => {
    const { opened, open } = gate();
    class SlowStorage extends RecordingStorage {
      override async storeSession(session: Session): Promise<boolean> {
        const stored = await super.storeSession(session);
        await opened;
        return stored;
      }
    }
    const storage = new EncryptedSessionStorage(new SlowStorage(), { keyring });
    const storing = storage.storeSession(offlineSession());
    expect((await storage.loadSession(id))?.accessToken).toBe(accessToken);
    open();
    expect(await storing).toBe(true);
  });

  test('wait for no call for another session', async () => {
    const storage = wrapped();
    const storing = storage.storeSession(offlineSession({ refreshToken }));
    expect(await storage.loadSession(onlineSession().id)).toBeUndefined();
    expect(await storing).toBe(true);
  });

  test('reach the storage at once when none is waiting, as without us', async () => {
    const storage = rewrapped({ inner: new RecordingStorage() });
    const loading = storage.loadSession(id);
    expect(storage.inner.calls).toEqual([`load ${id}`]);
    await loading;
  });

  test.runIf(isNode)('to store one reach the storage at once as well', async () => {
    const storage = rewrapped({ inner: new RecordingStorage() });
    const storing = storage.storeSession(onlineSession());
    expect(storage.inner.calls).toEqual([`store ${onlineSession().id} read_products`]);
    expect(await storing).toBe(true);
  });

  test('are in order, in whatever order which calls are made', async () => {
    const call = fc.tuple(
      fc.constantFrom('store', 'load', 'delete', 'deleteBoth'),
      fc.constantFrom('one', 'other'),
      fc.nat({ max: 2 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 8 }), async (calls) => {
        const storage = rewrapped({ inner: new RecordingStorage() });
        const expected: string[] = [];
        const pending = calls.map(([method, session, tokens], index) => {
          if (method === 'load') {
            expected.push(`load ${session}`);
            return storage.loadSession(session);
          }
          if (method === 'delete') {
            expected.push(`delete ${session}`);
            return storage.deleteSession(session);
          }
          if (method === 'deleteBoth') {
            expected.push('delete one', 'delete other');
            return storage.deleteSessions(['one', 'other']);
          }
          expected.push(`store ${session} ${index}`);
          return storage.storeSession(
            new Session({
              id: session,
              shop: 'a.myshopify.com',
              state: '',
              isOnline: false,
              scope: String(index),
              ...(tokens > 0 && { accessToken }),
              ...(tokens > 1 && { refreshToken }),
            }),
          );
        });
        await Promise.all(pending);
        for (const session of ['one', 'other']) {
          const about = (text: string) => text.includes(` ${session}`);
          expect(storage.inner.calls.filter(about)).toEqual(expected.filter(about));
        }
      }),
    );
  });
});
