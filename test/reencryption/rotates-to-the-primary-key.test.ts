// What is stored under another key ends up under the primary key, and nothing else changes.
import { describe, expect, it } from 'vitest';
import { reencryptSessions } from '../../src/index.js';
import { MapCatalog } from './map-catalog.js';
import {
  appOn,
  bothRing,
  newRing,
  offlineSession,
  oldRing,
  onlineSession,
  storeOnOldKey,
} from './scene.js';

describe('reencryptSessions', () => {
  it('seals every token with the primary key, so that the old key can be removed', async () => {
    const store = await storeOnOldKey(5);

    const report = await reencryptSessions(store, { keyring: bothRing });

    const app = appOn(store, newRing);
    for (let n = 1; n <= 5; n++) {
      const session = offlineSession(n);
      expect(await app.loadSession(session.id)).toEqual(session);
    }
    expect(report).toMatchObject({
      scanned: 5,
      reencrypted: 5,
      current: 0,
      plaintext: 0,
      unreadable: 0,
      conflicts: 0,
      primary: 'new',
      aborted: false,
    });
    expect({ ...report.byKid }).toEqual({ new: 5 });
  });

  it('skips what is current, so that running it again writes nothing', async () => {
    const store = await storeOnOldKey(3);
    await reencryptSessions(store, { keyring: bothRing });
    const records = new Map(store.records);

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ scanned: 3, reencrypted: 0, current: 3 });
    expect(store.records).toEqual(records);
  });

  it('leaves a token alone that is on the primary key already, beside one that is not', async () => {
    const store = await storeOnOldKey(1);
    const { id } = offlineSession(1);
    await reencryptSessions(store, { keyring: bothRing });
    const current = store.stored(id);
    const mixed = { ...current, refreshToken: (await storeOnOldKey(1)).stored(id).refreshToken };
    await store.storeSession(mixed);

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report.reencrypted).toBe(1);
    expect(store.stored(id).accessToken).toBe(current.accessToken);
    expect(await appOn(store, newRing).loadSession(id)).toEqual(offlineSession(1));
  });

  it('changes nothing but the sealed fields', async () => {
    const store = await storeOnOldKey(1);
    const { id } = offlineSession(1);
    await store.storeSession(Object.assign(store.stored(id), { own: { of: 'the app' } }));
    const { accessToken: _, refreshToken: __, ...before } = store.stored(id);

    await reencryptSessions(store, { keyring: bothRing });

    const { accessToken: ___, refreshToken: ____, ...after } = store.stored(id);
    expect(after).toEqual(before);
  });

  it('leaves sessions without a token exactly as they are', async () => {
    const store = new MapCatalog();
    const { accessToken: _, refreshToken: __, ...bare } = offlineSession(1);
    await store.storeSession(bare);
    await store.storeSession({ ...offlineSession(2), accessToken: '', refreshToken: undefined });
    const records = new Map(store.records);

    const report = await reencryptSessions(store, { keyring: bothRing, mode: 'migrate' });

    expect(report).toMatchObject({ scanned: 2, reencrypted: 0, current: 2 });
    expect(store.records).toEqual(records);
  });

  it('re-seals sealed user info even when userInfo is off', async () => {
    const store = new MapCatalog();
    await appOn(store, oldRing, true).storeSession(onlineSession(1));

    await reencryptSessions(store, { keyring: bothRing });

    const app = appOn(store, newRing, true);
    expect(await app.loadSession(onlineSession(1).id)).toEqual(onlineSession(1));
  });

  it('counts a session for every key that something in it is sealed with', async () => {
    const store = await storeOnOldKey(2);
    const { id } = offlineSession(1);
    const { refreshToken } = store.stored(id);
    await reencryptSessions(store, { keyring: bothRing });
    await store.storeSession({ ...store.stored(id), refreshToken });

    const report = await reencryptSessions(store, { keyring: bothRing, dryRun: true });

    expect({ ...report.before.byKid }).toEqual({ new: 2, old: 1 });
    expect({ ...report.byKid }).toEqual({ new: 2 });
  });

  it('in a dry run writes nothing, and reports what it would do and how the store is', async () => {
    const store = await storeOnOldKey(4);
    const records = new Map(store.records);

    const report = await reencryptSessions(store, { keyring: bothRing, dryRun: true });

    expect(store.records).toEqual(records);
    expect(report).toMatchObject({ dryRun: true, scanned: 4, reencrypted: 4 });
    expect({ ...report.before.byKid }).toEqual({ old: 4 });
    expect({ ...report.byKid }).toEqual({ new: 4 });
  });
});
