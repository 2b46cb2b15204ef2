// The report agrees with what is stored, whatever is in the store and whatever happens to it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Keyring,
  reencryptSessions,
  type SessionCatalog,
  type SessionLike,
  ValueTooLongError,
} from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { type HistoryStore, history, playHistory, type RawSession } from './histories.js';
import { MapCatalog } from './map-catalog.js';

/** A store in memory whose columns hold 255 characters, as those of the official tables. */
function mapStore(): HistoryStore {
  const map = new MapCatalog();
  const misfit = (session: SessionLike) => {
    for (const field of ['accessToken', 'refreshToken'] as const) {
      const needs = (session as RawSession)[field]?.length ?? 0;
      if (needs > 255) return tooLong(session.id, field, needs);
    }
    return undefined;
  };
  const catalog: SessionCatalog<SessionLike> = {
    sessions: () => map.sessions(),
    loadSession: (id) => map.loadSession(id),
    async replaceSession(current, next) {
      const error = misfit(next);
      if (error !== undefined) throw error;
      return map.replaceSession(current, next);
    },
    async replaceSessions(changes) {
      const done: boolean[] = [];
      for (const { current, next } of changes) {
        done.push(await catalog.replaceSession(current, next));
      }
      return done;
    },
    misfits: async (sessions) => sessions.map(misfit),
  };
  return {
    catalog,
    put: async (session) => void (await map.storeSession(session)),
    remove: async (id) => void (await map.deleteSession(id)),
  };
}

function tooLong(sessionId: string, field: string, needs: number): ValueTooLongError {
  const limit = {
    column: field,
    needs,
    holds: 255,
    unit: 'characters',
    remedy: 'widen it',
  } as const;
  return new ValueTooLongError(`Session ${sessionId}: too long.`, { sessionId, field }, [limit]);
}

describe('the report of reencryptSessions', () => {
  it('agrees with the raw store, and with its dry run, in any history', async () => {
    await fc.assert(
      fc.asyncProperty(history, (played) => playHistory(mapStore(), played)),
      { numRuns: 1_500 },
    );
  }, 300_000);

  it('calls no key removable that sessions need which do not fit their column', async () => {
    const [short, long] = ['a', 'production-2026-12'].map((kid) => generateKey({ kid }).text);
    const { catalog, put } = mapStore();
    const session = (n: number): RawSession => ({
      id: `offline_shop-${n}.myshopify.com`,
      shop: `shop-${n}.myshopify.com`,
      state: '',
      isOnline: false,
      accessToken: `shpat_${n}`,
      refreshToken: 'shprt_'.padEnd(n < 5 ? 90 : 38, 'x'),
    });
    for (let n = 0; n < 20; n++) await put(session(n));
    await reencryptSessions(catalog, { keyring: Keyring.parse(String(short)), mode: 'migrate' });
    const keyring = Keyring.parse(`${long},${short}`);

    for (const dryRun of [true, false]) {
      const report = await reencryptSessions(catalog, { keyring, dryRun });

      expect(report).toMatchObject({
        reencrypted: 15,
        doesNotFit: 5,
        unreadable: 0,
        byKid: { a: 5, 'production-2026-12': 15 },
        tooShortColumns: [{ column: 'refreshToken', sessions: 5, holds: 255, needs: 270 }],
        keys: [
          { kid: 'production-2026-12', state: 'primary' },
          { kid: 'a', state: 'needed', sessions: dryRun ? 20 : 5 },
        ],
      });
    }
  });

  it('says before anything is sealed what will not fit once it is', async () => {
    const { catalog, put } = mapStore();
    const id = 'offline_a.myshopify.com';
    const refreshToken = 'shprt_'.padEnd(128, 'x');
    await put({ id, shop: 'a.myshopify.com', state: '', isOnline: false, refreshToken });
    const keyring = Keyring.generate('a');

    for (const mode of ['strict', 'migrate', 'rollback'] as const) {
      const { tooShortColumns } = await reencryptSessions(catalog, { keyring, mode, dryRun: true });
      expect(tooShortColumns).toMatchObject([{ column: 'refreshToken', sessions: 1, needs: 299 }]);
    }
  });
});
