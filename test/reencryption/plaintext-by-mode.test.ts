// What becomes of plaintext, and what becomes plaintext.
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

describe('reencryptSessions, mode strict', () => {
  it('is the default, counts plaintext tokens and leaves them', async () => {
    const store = await storeOnOldKey(1);
    await store.storeSession(offlineSession(2));

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ mode: 'strict', reencrypted: 1, current: 0, plaintext: 1 });
    expect(store.stored(offlineSession(2).id)).toEqual(offlineSession(2));
  });

  it('brings the sealed token of a session to the primary key even if another is plaintext', async () => {
    const store = await storeOnOldKey(1);
    const { id } = offlineSession(1);
    await store.storeSession({ ...store.stored(id), refreshToken: 'shprt_plain' });

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 1, plaintext: 1 });
    expect({ ...report.byKid }).toEqual({ new: 1 });
    expect(store.stored(id).refreshToken).toBe('shprt_plain');
  });

  it('counts plaintext user info when userInfo asks for it to be sealed', async () => {
    const store = new MapCatalog();
    await appOn(store, newRing).storeSession(onlineSession(1));

    const asked = await reencryptSessions(store, { keyring: newRing, userInfo: true });
    const notAsked = await reencryptSessions(store, { keyring: newRing });

    expect([asked.plaintext, notAsked.plaintext]).toEqual([1, 0]);
  });
});

describe('reencryptSessions, mode migrate', () => {
  it('seals plaintext tokens and leaves plaintext user info', async () => {
    const store = new MapCatalog();
    await store.storeSession(offlineSession(1));
    await store.storeSession(onlineSession(2));

    const report = await reencryptSessions(store, { keyring: bothRing, mode: 'migrate' });

    expect(report).toMatchObject({ scanned: 2, reencrypted: 2, plaintext: 0 });
    expect([...store.records.values()].join()).not.toMatch(/shp(at|rt|ua)_/);
    expect(store.stored(onlineSession(2).id).onlineAccessInfo).toEqual(
      onlineSession(2).onlineAccessInfo,
    );
    const app = appOn(store, newRing);
    expect(await app.loadSession(offlineSession(1).id)).toEqual(offlineSession(1));
  });

  it('seals plaintext user info when userInfo asks for it', async () => {
    const store = new MapCatalog();
    await appOn(store, newRing).storeSession(onlineSession(1));

    const report = await reencryptSessions(store, {
      keyring: newRing,
      mode: 'migrate',
      userInfo: true,
    });

    expect(report.reencrypted).toBe(1);
    expect([...store.records.values()].join()).not.toMatch(/Ada|Lovelace|example\.com/);
    const app = appOn(store, newRing, true);
    expect(await app.loadSession(onlineSession(1).id)).toEqual(onlineSession(1));
  });

  it('in a dry run counts the plaintext that is there, and what it would become', async () => {
    const store = new MapCatalog();
    await store.storeSession(offlineSession(1));

    const report = await reencryptSessions(store, {
      keyring: bothRing,
      mode: 'migrate',
      dryRun: true,
    });

    expect(report).toMatchObject({ reencrypted: 1, plaintext: 0, before: { plaintext: 1 } });
    expect(store.stored(offlineSession(1).id)).toEqual(offlineSession(1));
  });
});

describe('reencryptSessions, mode rollback', () => {
  it('opens everything sealed under any key of the key ring, user info included', async () => {
    const store = await storeOnOldKey(2);
    await appOn(store, newRing, true).storeSession(onlineSession(3));

    const report = await reencryptSessions(store, { keyring: bothRing, mode: 'rollback' });

    expect(report).toMatchObject({ scanned: 3, reencrypted: 3, plaintext: 3 });
    expect({ ...report.byKid }).toEqual({});
    expect(store.stored(offlineSession(1).id)).toEqual(offlineSession(1));
    expect(store.stored(offlineSession(2).id)).toEqual(offlineSession(2));
    expect(store.stored(onlineSession(3).id)).toEqual(onlineSession(3));
  });

  it('skips what is plaintext already', async () => {
    const store = new MapCatalog();
    await store.storeSession(offlineSession(1));

    const report = await reencryptSessions(store, { keyring: oldRing, mode: 'rollback' });

    expect(report).toMatchObject({ reencrypted: 0, current: 1, plaintext: 1 });
    expect(store.writes).toBe(0);
  });
});
