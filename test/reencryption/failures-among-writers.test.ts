// The store fails while sessions are read again, or while some are written and others are not: each of them
// is counted as it was left.
import { describe, expect, it } from 'vitest';
import {
  type ReencryptionReport,
  type RunIncompleteError,
  reencryptSessions,
  StoreUnavailableError,
} from '../../src/index.js';
import { appOn, bothRing, offlineSession, oldRing, storeOnOldKey } from './scene.js';

const down = (mayHaveTakenEffect: boolean) =>
  new StoreUnavailableError('Sessions: the store failed.', { mayHaveTakenEffect });

const reportOf = ({ report }: RunIncompleteError<ReencryptionReport>) => report;

describe('reencryptSessions when the store fails', () => {
  it('counts every session, also where it fails while changed ones are read again', async () => {
    const store = await storeOnOldKey(3);
    const app = appOn(store, oldRing);
    // Others store all of them first.
    store.beforeReplace = async (current) => {
      const n = Number(/\d+/.exec(current?.id ?? '')?.[0]);
      await app.storeSession(offlineSession(n));
    };
    const load = store.loadSession.bind(store);
    store.loadSession = async (id) => {
      if (id === offlineSession(2).id) throw down(false);
      return load(id);
    };

    const report = await reencryptSessions(store, { keyring: bothRing }).catch(reportOf);

    expect(report).toMatchObject({ scanned: 3, reencrypted: 0, unresolved: 3, gone: 0 });
    expect({ ...report.byKid }).toEqual({ old: 3 });
    expect(report.findings.map(({ message }) => message)).toEqual(
      Array(3).fill('The store failed before it was written.'),
    );
  });

  it('looks whether a session was written, whatever failed first', async () => {
    const store = await storeOnOldKey(3);
    const replace = store.replaceSession.bind(store);
    store.replaceSession = async (current, next) => {
      // The first is not sent, the second is written without an answer, the third is written.
      if (next.id === offlineSession(1).id) throw down(false);
      const done = await replace(current, next);
      if (next.id === offlineSession(2).id) throw down(true);
      return done;
    };

    const report = await reencryptSessions(store, { keyring: bothRing }).catch(reportOf);

    expect(report).toMatchObject({ scanned: 3, reencrypted: 2, unresolved: 1 });
    expect({ ...report.byKid }).toEqual({ new: 2, old: 1 });
    expect(report.findings).toMatchObject([
      {
        sessionId: offlineSession(1).id,
        outcome: 'unresolved',
        message: 'The store failed before it was written.',
      },
    ]);
  });
});
