// Invalid options are refused before anything is read.
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
    ['a batch size that is not whole', { batchSize: 1.5 }],
    ['a batch size of nothing', { batchSize: 0 }],
    ['too large a batch size', { batchSize: 10_001 }],
    ['a rate of nothing', { rate: 0 }],
    ['a shard that is not one of them', { shard: { index: 3, count: 2 } }],
    ['a shard in text', { shard: '1/2' }],
    ['a shop that is not text', { shop: 7 }],
    ['a dryRun that is not a boolean', { dryRun: 'yes' }],
    ['a userInfo that is not a boolean', { userInfo: 1 }],
    ['a keyring that is not a Keyring', { keyring: { primary: 'new' } }],
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
