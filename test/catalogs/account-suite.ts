// Reports on this kind of store agree with what is stored, and a dry run with the run.
import { Session, type SessionParams } from '@shopify/shopify-api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredSession } from '../../src/catalogs/stored-session.js';
import { copySessions, type SessionCatalog, type SessionLike } from '../../src/index.js';
import { expiringOfflineSession, offlineSession, onlineSession } from '../conformance/sessions.js';
import { type HistoryStore, history, playHistory } from '../reencryption/histories.js';
import type { CatalogScene } from './catalog-scene.js';

/** Histories for each kind of store: each takes many round trips. Most are played on one in memory. */
const histories = 40;
/** For a store that is slow, or that differs from another in its columns only. */
const fewHistories = 10;

/** Registers the tests of re-encryption's and copying's reports. */
export function accountSuite(scene: CatalogScene): void {
  describe('reports', () => {
    test('of re-encryption agree with the raw store, and with a dry run, in any history', async () => {
      const store: HistoryStore = {
        get catalog() {
          return scene.catalog as HistoryStore['catalog'];
        },
        put: async (session) =>
          void (await scene.storage.storeSession(new Session({ ...session } as SessionParams))),
        remove: async (id) => void (await scene.storage.deleteSession(id)),
      };
      await fc.assert(
        fc.asyncProperty(history, async (played) => {
          await scene.empty();
          await playHistory(store, played);
        }),
        { numRuns: scene.isSlow || !scene.isThorough ? fewHistories : histories },
      );
    }, 240_000);

    test('of copying say before what the copy does, conflicts and columns included', async () => {
      const copied: StoredSession[] = [];
      const source: SessionCatalog<SessionLike> = {
        async *sessions() {
          yield* copied;
        },
        replaceSession: async () => false,
      };
      const sessions = Array.from({ length: 12 }, (_, n) => {
        const shop = `shop-${n}.myshopify.com`;
        return [offlineSession, expiringOfflineSession, (at: string) => onlineSession(at, n)][
          n % 3
        ]?.(shop);
      });
      for (const [n, session] of sessions.entries()) {
        if (session === undefined) continue;
        // As it is, in another version, or not at all.
        if (n % 4 === 0) await scene.storage.storeSession(session);
        if (n % 4 === 1)
          await scene.storage.storeSession(new Session({ ...session, state: 'other' }));
        // Too long for the columns of the official tables.
        if (n % 5 === 2) session.accessToken = 'shpat_'.padEnd(300, 'x');
        copied.push(session.toObject() as StoredSession);
      }
      const before = await scene.everySession();
      for (const update of [false, true]) {
        const options = { update, allowNonAtomic: true };
        const destination = scene.catalog as HistoryStore['catalog'];
        const dry = await copySessions(source, destination, { ...options, dryRun: true });
        if (!update) await expect(scene.everySession()).resolves.toEqual(before);
        const { verification, ...done } = await copySessions(source, destination, options);
        expect(verification).toBeDefined();
        const named = ({ findings, ...report }: typeof dry) => ({
          ...report,
          findings: findings.map((finding) => JSON.stringify(finding)).sort(),
        });
        expect(named(done)).toEqual({ ...named(dry), dryRun: false });
        expect(done.scanned).toBe(12);
      }
    });
  });
}
