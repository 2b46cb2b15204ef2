// A part of the store, a gentle pace, and what a run that did not see everything says of the keys.
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Keyring, reencryptSessions } from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { Pace } from '../../src/reencryption/pace.js';
import { MapCatalog } from './map-catalog.js';
import {
  appOn,
  bothRing,
  newKey,
  newRing,
  offlineSession,
  oldKey,
  storeOnOldKey,
} from './scene.js';

describe('reencryptSessions of a part of the store', () => {
  it('shares the sessions among shards that never meet', async () => {
    const store = await storeOnOldKey(60);
    const shards = [1, 2, 3].map((index) => ({ index, count: 3 }));

    const reports = await Promise.all(
      shards.map((shard) => reencryptSessions(store, { keyring: bothRing, shard })),
    );

    expect(reports.reduce((sum, { reencrypted }) => sum + reencrypted, 0)).toBe(60);
    for (const report of reports) {
      expect(report.scanned).toBeGreaterThan(5);
      expect(report).toMatchObject({ conflicts: 0, unseen: ['part of the store'] });
      expect(report.keys).toMatchObject([{ state: 'primary' }, { kid: 'old', state: 'unknown' }]);
    }
    const all = await reencryptSessions(store, { keyring: bothRing, dryRun: true });
    expect(all).toMatchObject({ unseen: [], reencrypted: 0 });
    expect(all.keys).toMatchObject([{ state: 'primary' }, { kid: 'old', state: 'unused' }]);
  });

  it('looks at the sessions of one shop only', async () => {
    const store = await storeOnOldKey(5);
    const shop = offlineSession(3).shop.toUpperCase();

    const report = await reencryptSessions(store, { keyring: bothRing, shop });

    expect(report).toMatchObject({ scanned: 1, reencrypted: 1, unseen: ['part of the store'] });
    expect(store.writes).toBe(1);
  });
});

describe('reencryptSessions of one of several places', () => {
  it('calls no key removable: sessions elsewhere may need it', async () => {
    const store = await storeOnOldKey(3);

    const report = await reencryptSessions(store, { keyring: bothRing, sessionsElsewhere: true });

    expect(report).toMatchObject({ reencrypted: 3, unseen: ['other places'] });
    expect(report.keys).toMatchObject([{ state: 'primary' }, { kid: 'old', state: 'unknown' }]);
  });
});

describe('a pace', () => {
  afterEach(() => void vi.useRealTimers());

  it('admits so many sessions a second, the first at once', async () => {
    vi.useFakeTimers();
    const pace = new Pace(10);
    const admitted: number[] = [];
    const admit = async (n: number) => {
      await pace.admit(5, undefined);
      admitted.push(n);
    };

    void admit(1);
    void admit(2);
    void admit(3);

    await vi.advanceTimersByTimeAsync(400);
    expect(admitted).toEqual([1]);
    await vi.advanceTimersByTimeAsync(200);
    expect(admitted).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(500);
    expect(admitted).toEqual([1, 2, 3]);
  });

  it('is kept by sessions that are passed over as well: the store is read for them', async () => {
    const store = await storeOnOldKey(12);
    const start = performance.now();
    const { shop } = offlineSession(12);

    const report = await reencryptSessions(store, { keyring: bothRing, shop, rate: 20 });

    expect(report.scanned).toBe(1);
    expect(performance.now() - start).toBeGreaterThan(450);
  });

  it('is over when the signal comes', async () => {
    const pace = new Pace(1);
    await pace.admit(1_000_000, undefined);
    await pace.admit(1, AbortSignal.abort());
  });
});

describe('what a report says of the keys', () => {
  it('is that a key can go after a run that emptied it, and no more than unused after another', async () => {
    const store = await storeOnOldKey(3);

    const dry = await reencryptSessions(store, { keyring: bothRing, dryRun: true });
    const first = await reencryptSessions(store, { keyring: bothRing });
    const second = await reencryptSessions(store, { keyring: bothRing });

    const states = [dry, first, second].map(({ keys }) => keys.map(({ state }) => state));
    expect(states).toEqual([
      ['primary', 'needed'],
      ['primary', 'removable'],
      ['primary', 'unused'],
    ]);
  });

  it('is nothing of a store without sessions', async () => {
    const report = await reencryptSessions(new MapCatalog(), { keyring: bothRing });

    expect(report).toMatchObject({ unseen: ['no sessions'] });
    expect(report.keys).toMatchObject([{ state: 'primary' }, { state: 'unknown' }]);
  });

  it('is nothing after the key ring changed during the run', async () => {
    const store = await storeOnOldKey(4);
    const file = join(tmpdir(), `keys-${process.pid}-${Math.random()}`);
    await writeFile(file, `${newKey},${oldKey}`);
    onTestFinished(() => rm(file));
    const keyring = Keyring.fromFile(file, { refreshInterval: 1 });
    const third = generateKey({ kid: 'third' }).text;
    store.beforeReplace = async () => {
      await writeFile(file, `${newKey},${oldKey},${third}\n`);
      await vi.waitFor(() => expect(keyring.kids).toContain('third'));
    };

    const report = await reencryptSessions(store, { keyring, batchSize: 1 });

    expect(report).toMatchObject({ reencrypted: 4, unseen: ['key ring changed'] });
    expect(report.keys.map(({ state }) => state)).toEqual(['primary', 'unknown', 'unknown']);
  });

  it('counts the keys of the key ring however many others the store names', async () => {
    const store = new MapCatalog();
    for (let n = 0; n < 1_005; n++) {
      const ring = Keyring.parse(generateKey({ kid: `foreign-${n}` }).text);
      await appOn(store, ring).storeSession(offlineSession(n));
    }
    await appOn(store, Keyring.parse(oldKey)).storeSession(offlineSession(2_000));

    const report = await reencryptSessions(store, { keyring: bothRing, dryRun: true });

    expect(report.before.byKid).toMatchObject({ old: 1 });
    expect(report).toMatchObject({ unreadable: 1_005, onOtherKids: 5 });
    expect(Object.keys(report.byKid)).toHaveLength(1_001);
  });

  it('names what it sealed from plaintext, and what does not look like a token of Shopify', async () => {
    const store = new MapCatalog();
    await store.storeSession(offlineSession(1));
    await store.storeSession({ ...offlineSession(2), accessToken: 'planted' });
    await appOn(store, newRing).storeSession(offlineSession(3));

    for (const dryRun of [true, false]) {
      const report = await reencryptSessions(store, { keyring: bothRing, mode: 'migrate', dryRun });

      expect(report).toMatchObject({ reencrypted: 2, sealedFromPlaintext: 2, unlikeTokens: 1 });
      expect(report.findings).toEqual([
        {
          outcome: 'sealed from plaintext',
          sessionId: offlineSession(1).id,
          looksLikeToken: true,
        },
        {
          outcome: 'sealed from plaintext',
          sessionId: offlineSession(2).id,
          looksLikeToken: false,
        },
      ]);
    }
  });
});
