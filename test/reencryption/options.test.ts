// Options that mean nothing are refused before anything is read.
import { describe, expect, it } from 'vitest';
import {
  EncryptedSessionStorage,
  type ReencryptionOptions,
  reencryptSessions,
  type SessionCatalog,
  type SessionLike,
} from '../../src/index.js';
import { bothRing, newRing, storeOnOldKey } from './scene.js';

describe('reencryptSessions, options', () => {
  it.each([
    ['an option that does not exist', { keyRing: bothRing }],
    ['an unknown mode', { mode: 'migration' }],
    ['no whole concurrency', { concurrency: 1.5 }],
    ['no concurrency', { concurrency: 0 }],
    ['too much concurrency', { concurrency: 1001 }],
    ['a dryRun that is no boolean', { dryRun: 'yes' }],
    ['a userInfo that is no boolean', { userInfo: 1 }],
    ['a keyring that is none', { keyring: { primary: 'new' } }],
    ['a signal that is none', { signal: {} }],
    ['a callback that is none', { onProgress: 'bar' }],
  ])('refuses %s', async (_, options) => {
    const store = await storeOnOldKey(1);
    const reads = store.reads;

    await expect(
      reencryptSessions(store, { keyring: bothRing, ...options } as ReencryptionOptions),
    ).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
    expect(store.reads).toBe(reads);
  });

  it('refuses an EncryptedSessionStorage, whose sessions are not as stored', async () => {
    const storage = new EncryptedSessionStorage(await storeOnOldKey(1), { keyring: newRing });

    await expect(
      reencryptSessions(storage as unknown as SessionCatalog<SessionLike>, { keyring: newRing }),
    ).rejects.toMatchObject({ code: 'ERR_OPTION_INVALID' });
  });

  it('refuses a store that is not atomic, unless that is allowed or nothing is written', async () => {
    const store = await storeOnOldKey(1);
    store.atomic = false;

    await expect(reencryptSessions(store, { keyring: bothRing })).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
    });
    await reencryptSessions(store, { keyring: bothRing, dryRun: true });
    expect(store.writes).toBe(0);
    await reencryptSessions(store, { keyring: bothRing, allowNonAtomic: true });
    expect(store.writes).toBe(1);
  });
});
