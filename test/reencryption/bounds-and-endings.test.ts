// How a run ends, and how many sessions are in progress.
import { describe, expect, it } from 'vitest';
import {
  RunIncompleteError,
  reencryptSessions,
  type SessionCatalog,
  StoreUnavailableError,
} from '../../src/index.js';
import { writeOutcomes } from '../../src/write-outcomes.js';
import type { MapCatalog, StoredSession } from './map-catalog.js';
import { bothRing, storeOnOldKey } from './scene.js';

/** A catalog that enumerates as `store` does, and fails after `count` sessions. */
function failingAfter(store: MapCatalog, count: number): SessionCatalog<StoredSession> {
  return {
    async *sessions() {
      let left = count;
      for await (const session of store.sessions()) {
        if (left-- === 0) throw new StoreUnavailableError('The session store does not answer.');
        yield session;
      }
    },
    replaceSession: (current, next) => store.replaceSession(current, next),
  };
}

describe('reencryptSessions, endings', () => {
  it('ends after the sessions in progress when the signal comes, and running again completes', async () => {
    const store = await storeOnOldKey(30);
    const controller = new AbortController();
    store.beforeReplace = async () => {
      if (store.writes >= 5) controller.abort();
    };

    const first = await reencryptSessions(store, {
      keyring: bothRing,
      batchSize: 3,
      signal: controller.signal,
    });

    expect(first.aborted).toBe(true);
    expect(first.reencrypted).toBe(store.writes);
    expect(first.scanned).toBe(first.reencrypted);
    expect(first.reencrypted).toBeLessThan(12);

    store.beforeReplace = undefined;
    const second = await reencryptSessions(store, { keyring: bothRing });
    expect(second).toMatchObject({
      aborted: false,
      current: first.reencrypted,
      reencrypted: 30 - first.reencrypted,
    });
  });

  it('does nothing when the signal has come before', async () => {
    const store = await storeOnOldKey(3);

    const report = await reencryptSessions(store, {
      keyring: bothRing,
      signal: AbortSignal.abort(),
    });

    expect(report).toMatchObject({ scanned: 0, aborted: true });
  });

  it('rejects when the enumeration fails, with the cause and the report so far', async () => {
    const store = await storeOnOldKey(10);

    const error = await reencryptSessions(failingAfter(store, 6), { keyring: bothRing }).catch(
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(RunIncompleteError);
    expect(error).toMatchObject({
      code: 'ERR_RUN_INCOMPLETE',
      cause: { code: 'ERR_STORE_UNAVAILABLE' },
      report: { scanned: 6, reencrypted: 6 },
    });
    expect(store.writes).toBe(6);
  });

  it('rejects when a write fails, once the other sessions in progress are done', async () => {
    const store = await storeOnOldKey(20);
    store.beforeReplace = async () => {
      await new Promise(setImmediate);
      if (store.writes === 7) throw new Error('connection lost, password hunter2');
    };

    const error = await reencryptSessions(store, { keyring: bothRing, batchSize: 4 }).catch(
      (reason: unknown) => reason,
    );

    expect(error).toBeInstanceOf(RunIncompleteError);
    expect(String(error)).not.toContain('hunter2');
    expect(error).toMatchObject({ report: { reencrypted: store.writes } });
    const writes = store.writes;
    await new Promise((done) => setTimeout(done, 20));
    expect(store.writes).toBe(writes);
  });

  it.each([
    [writeOutcomes.none, 'before it was written'],
    [writeOutcomes.unknown, 'not known whether it was written'],
  ])('does not say of the whole run what an error says of one call: %s', async (outcome, told) => {
    const store = await storeOnOldKey(8);
    store.beforeReplace = async () => {
      if (store.writes < 4) return;
      const mayHaveTakenEffect = outcome === writeOutcomes.unknown;
      throw new StoreUnavailableError(`Sessions: the store failed.${outcome} It is read-only.`, {
        mayHaveTakenEffect,
      });
    };

    const error = await reencryptSessions(store, { keyring: bothRing, batchSize: 4 }).catch(
      (reason: unknown) => reason,
    );

    expect(error).toMatchObject({
      message: expect.stringContaining('Sessions: the store failed. It is read-only.'),
      report: {
        reencrypted: 4,
        findings: expect.arrayContaining([
          expect.objectContaining({ message: expect.stringContaining(told) }),
        ]),
      },
    });
  });

  it('closes the enumeration when it ends early', async () => {
    const store = await storeOnOldKey(10);
    let closed = false;
    const catalog: SessionCatalog<StoredSession> = {
      async *sessions() {
        try {
          yield* store.sessions();
        } finally {
          closed = true;
        }
      },
      replaceSession: async () => Promise.reject(new Error('down')),
    };

    await expect(reencryptSessions(catalog, { keyring: bothRing })).rejects.toThrow();

    expect(closed).toBe(true);
  });

  it('has two batches at the store and prepares a third, and reads none ahead', async () => {
    const store = await storeOnOldKey(40);
    let inHand = 0;
    let most = 0;
    let nexts = 0;
    const catalog: SessionCatalog<StoredSession> = {
      sessions() {
        const generator = store.sessions();
        return {
          [Symbol.asyncIterator]: () => ({
            async next() {
              expect(nexts++).toBe(0); // never two at once
              const result = await generator.next();
              nexts--;
              if (result.done !== true) most = Math.max(most, ++inHand);
              return result;
            },
          }),
        };
      },
      async replaceSession(current, next) {
        // Slow enough for all to be waiting at once.
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
        inHand--;
        return store.replaceSession(current, next);
      },
    };

    const report = await reencryptSessions(catalog, { keyring: bothRing, batchSize: 5 });

    expect(report.reencrypted).toBe(40);
    expect(most).toBe(15);
  });

  it('goes on when the progress callback rejects', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const onProgress = async () => {
        throw new Error('the metrics are down');
      };
      const report = await reencryptSessions(await storeOnOldKey(2), {
        keyring: bothRing,
        onProgress,
      });
      expect(report.reencrypted).toBe(2);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });

  it('reports progress after each batch; a callback that throws harms nothing', async () => {
    const store = await storeOnOldKey(4);
    const scanned: number[] = [];

    const report = await reencryptSessions(store, {
      keyring: bothRing,
      batchSize: 1,
      onProgress: (progress) => {
        scanned.push(progress.scanned);
        throw new Error('the callback’s own failure');
      },
    });

    expect(scanned).toEqual([1, 2, 3, 4]);
    expect(report.reencrypted).toBe(4);
  });
});
