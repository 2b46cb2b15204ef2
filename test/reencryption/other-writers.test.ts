// Apps and other runs write to the store at the same time: what they store is never overwritten.
import { describe, expect, it } from 'vitest';
import {
  Keyring,
  type ReencryptionReport,
  type RunIncompleteError,
  reencryptSessions,
  type SessionCatalog,
  SessionInvalidError,
} from '../../src/index.js';
import { type MapCatalog, type StoredSession, withoutLoad } from './map-catalog.js';
import {
  appOn,
  bothRing,
  newKey,
  newRing,
  offlineSession,
  oldKey,
  oldRing,
  storeOnOldKey,
} from './scene.js';

/** An app that still seals with the old key stores a new token just before each of our writes. */
function refreshBeforeReplace(store: MapCatalog, times: number) {
  const app = appOn(store, oldRing);
  let left = times;
  store.beforeReplace = async (current) => {
    if (current === undefined || left-- <= 0) return;
    const fresh = { ...offlineSession(1), id: current.id, shop: current.shop };
    await app.storeSession({ ...fresh, accessToken: `shpat_fresh_${left}` });
  };
}

const stateOf = ({ keys }: ReencryptionReport, wanted: string) =>
  keys.filter(({ kid }) => kid === wanted).flatMap(({ state, sessions }) => [state, sessions]);

describe('reencryptSessions while others write', () => {
  it('looks again at a session that was stored since then, and keeps the newer token', async () => {
    const store = await storeOnOldKey(1);
    refreshBeforeReplace(store, 3);

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ scanned: 1, reencrypted: 1, conflicts: 3, unresolved: 0 });
    const session = await appOn(store, newRing).loadSession(offlineSession(1).id);
    expect(session?.accessToken).toBe('shpat_fresh_0');
  });

  it('finds such sessions in another pass where the catalog cannot load one session', async () => {
    const store = await storeOnOldKey(5);
    refreshBeforeReplace(store, 7);

    const report = await reencryptSessions(withoutLoad(store), { keyring: bothRing });

    expect(report).toMatchObject({ scanned: 5, reencrypted: 5, conflicts: 7, unresolved: 0 });
    expect({ ...report.byKid }).toEqual({ new: 5 });
  });

  it.each([
    ['with loadSession', (store: MapCatalog) => store],
    ['without loadSession', withoutLoad],
  ])('does not bring back a session that was deleted since then (%s)', async (_, catalogOf) => {
    const store = await storeOnOldKey(2);
    store.beforeReplace = async () => void store.records.delete(offlineSession(1).id);

    const report = await reencryptSessions(catalogOf(store), {
      keyring: bothRing,
      batchSize: 1,
    });

    expect(report).toMatchObject({ scanned: 2, reencrypted: 1, gone: 1, unresolved: 0 });
    expect(store.records.size).toBe(1);
  });

  it.each([
    ['with loadSession', (store: MapCatalog) => store],
    ['without loadSession', withoutLoad],
  ])('gives up on a session that never rests, and says so (%s)', async (_, catalogOf) => {
    const store = await storeOnOldKey(1);
    refreshBeforeReplace(store, Number.POSITIVE_INFINITY);

    const report = await reencryptSessions(catalogOf(store), { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 0, unresolved: 1 });
    expect(report.conflicts).toBeGreaterThan(5);
    expect(stateOf(report, 'old')).toEqual(['needed', 1]);
  });

  it.each([
    ['is ended before', async (_: MapCatalog, end: () => void) => end()],
    [
      'finds the store failed in',
      async (store: MapCatalog) => {
        store.sessions = async function* () {
          yield* [];
          throw new Error('The store is down.');
        };
      },
    ],
  ])(
    'counts a session that waits for another pass under its key, where the run %s it',
    async (_, happen) => {
      const store = await storeOnOldKey(3);
      const ending = new AbortController();
      const catalog = { ...withoutLoad(store), sessions: () => store.sessions() };
      refreshBeforeReplace(store, 1);

      const report = await reencryptSessions(catalog, {
        keyring: bothRing,
        signal: ending.signal,
        onProgress: () => void happen(store, () => ending.abort()),
      }).catch(({ report }: RunIncompleteError<ReencryptionReport>) => report);

      expect(report).toMatchObject({ scanned: 3, reencrypted: 2, unresolved: 1 });
      expect({ ...report.byKid }).toEqual({ new: 2, old: 1 });
      expect(stateOf(report, 'old')).toEqual(['needed', 1]);
    },
  );

  it('counts each time that a session was handed out, where the catalog cannot load one session', async () => {
    const store = await storeOnOldKey(2);
    refreshBeforeReplace(store, 4);
    let passes = 0;
    const catalog: SessionCatalog<StoredSession> = {
      ...withoutLoad(store),
      async *sessions() {
        yield* store.sessions();
        if (passes++ === 0) yield* store.sessions();
      },
    };

    const report = await reencryptSessions(catalog, { keyring: bothRing });

    expect(report).toMatchObject({ scanned: 4, reencrypted: 2, current: 2, conflicts: 4 });
    expect({ ...report.byKid }).toEqual({ new: 4 });
  });

  it.each([
    ['with loadSession', (store: MapCatalog) => store],
    ['without loadSession', withoutLoad],
  ])(
    'counts what a batch wrote before it threw because of one session (%s)',
    async (_, catalogOf) => {
      const store = await storeOnOldKey(5);
      const refused = offlineSession(4).id;
      const catalog: SessionCatalog<StoredSession> = {
        ...(catalogOf(store) === store && { loadSession: (id: string) => store.loadSession(id) }),
        sessions: () => store.sessions(),
        async replaceSession(current, next) {
          if (next.id === refused) throw new SessionInvalidError('No.', { sessionId: next.id });
          return store.replaceSession(current, next);
        },
        async replaceSessions(changes) {
          const done: boolean[] = [];
          for (const { current, next } of changes) {
            done.push(await catalog.replaceSession(current, next));
          }
          return done;
        },
      };

      const report = await reencryptSessions(catalog, { keyring: bothRing });

      expect(report).toMatchObject({ scanned: 5, refused: 1, unreadable: 0, unresolved: 0 });
      expect(report.findings).toMatchObject([{ outcome: 'refused', sessionId: refused }]);
      if (catalog.loadSession === undefined) return;
      expect(report).toMatchObject({ reencrypted: 4, current: 0, conflicts: 0 });
    },
  );

  it('tries a session that a batch passes over by itself, and says why it is refused', async () => {
    const store = await storeOnOldKey(5);
    const refused = offlineSession(4).id;
    const replaceSession = async (current: StoredSession | undefined, next: StoredSession) => {
      if (next.id === refused) throw new SessionInvalidError('Frozen.', { sessionId: next.id });
      return store.replaceSession(current, next);
    };
    const catalog: SessionCatalog<StoredSession> = {
      sessions: () => store.sessions(),
      loadSession: (id) => store.loadSession(id),
      replaceSession,
      replaceSessions: (changes) =>
        Promise.all(
          changes.map(({ current, next }) =>
            next.id === refused ? false : store.replaceSession(current, next),
          ),
        ),
    };

    const report = await reencryptSessions(catalog, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 4, refused: 1, conflicts: 0, unresolved: 0 });
    expect(report.findings).toMatchObject([{ outcome: 'refused', message: 'Frozen.' }]);
  });

  it('says of a session that nobody changed, and that is not replaced, that the store does not take it', async () => {
    const store = await storeOnOldKey(5);
    const passedOver = offlineSession(4).id;
    let attempts = 0;
    const replace = store.replaceSession.bind(store);
    store.replaceSession = async (current, next) =>
      next.id === passedOver ? ++attempts < 0 : replace(current, next);

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 4, refused: 1, conflicts: 0, unresolved: 0 });
    expect(report.findings).toMatchObject([
      { outcome: 'refused', sessionId: passedOver, code: 'ERR_SESSION_INVALID' },
    ]);
    expect(attempts).toBe(2);
    expect(stateOf(report, 'old')).toEqual(['needed', 1]);
  });

  it('keeps trying a session of which others change what is not sealed', async () => {
    const store = await storeOnOldKey(1);
    let changes = 0;
    store.beforeReplace = async (current) => {
      if (current === undefined || changes >= 10) return;
      const state = `write ${changes++}`;
      await store.storeSession({ ...store.stored(current.id), state });
    };

    const report = await reencryptSessions(store, { keyring: bothRing });

    expect(report).toMatchObject({ reencrypted: 1, conflicts: 10, refused: 0 });
    expect(store.stored(offlineSession(1).id)).toMatchObject({ state: 'write 9' });
  });

  it('may run several times at once: together they leave nothing on the old key', async () => {
    const store = await storeOnOldKey(50);

    const reports = await Promise.all(
      [1, 2, 3].map(() => reencryptSessions(store, { keyring: bothRing, batchSize: 4 })),
    );

    expect(reports.reduce((sum, report) => sum + report.reencrypted, 0)).toBe(50);
    expect(store.writes).toBe(50);
    for (const report of reports) expect({ ...report.byKid }).toEqual({ new: 50 });
  });

  it('loses none of the tokens that an app stores at the same time', async () => {
    const store = await storeOnOldKey(20);
    const app = appOn(store, bothRing);
    const newest = new Map<string, string>();
    let running = true;
    const writer = (async () => {
      for (let n = 0; running; n++) {
        const session = offlineSession((n % 20) + 1);
        const accessToken = `shpat_refreshed_${n}`;
        newest.set(session.id, accessToken);
        await app.storeSession({ ...session, accessToken });
        // As a store elsewhere would: one in memory answers before anything else gets a turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();

    for (let run = 0; run < 5; run++) {
      await reencryptSessions(store, {
        keyring: run % 2 ? bothRing : Keyring.parse(`${oldKey},${newKey}`),
      });
    }
    running = false;
    await writer;

    for (const [id, accessToken] of newest) {
      expect((await app.loadSession(id))?.accessToken).toBe(accessToken);
    }
  });
});
