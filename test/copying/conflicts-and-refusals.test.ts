// Copying while others write to the destination, and sessions that cannot be copied.
import { describe, expect, it } from 'vitest';
import { kvCatalog } from '../../src/catalogs/kv/index.js';
import { copySessions } from '../../src/copying/index.js';
import {
  RecordUnreadableError,
  RunIncompleteError,
  SessionInvalidError,
  StoreUnavailableError,
} from '../../src/index.js';
import { MapCatalog, type StoredSession, withoutLoad } from '../reencryption/map-catalog.js';
import { offlineSession, storeOnOldKey } from '../reencryption/scene.js';

const settings = { update: true, dryRun: false, batchSize: 2, allowNonAtomic: false };

describe('copySessions', () => {
  it('with update, looks again at what another process stores at the same time', async () => {
    const [source, destination] = [await storeOnOldKey(1), await storeOnOldKey(1)];
    let writes = 3;
    destination.beforeReplace = async (current) => {
      if (current !== undefined && writes-- > 0) {
        await destination.storeSession({ ...current, scope: `scope ${writes}` } as typeof current);
      }
    };

    const report = await copySessions(source, destination, settings);

    expect(report).toMatchObject({ scanned: 1, updated: 1, unresolved: 0 });
    expect(destination.records).toEqual(source.records);
  });

  it('gives up on a session that never rests in the destination, and says so', async () => {
    const [source, destination] = [await storeOnOldKey(1), await storeOnOldKey(1)];
    let writes = 0;
    destination.beforeReplace = async (current) => {
      if (current !== undefined) {
        await destination.storeSession({ ...current, state: `state ${writes++}` });
      }
    };

    expect(await copySessions(source, destination, settings)).toMatchObject({ unresolved: 1 });
  });

  it('names sessions that the destination refuses, and copies the others', async () => {
    const [source, destination] = [await storeOnOldKey(3), new MapCatalog()];
    const { id } = offlineSession(2);
    const replace = destination.replaceSession.bind(destination);
    destination.replaceSession = async (current, next) => {
      if (next.id === id) throw new SessionInvalidError(`Session ${id}: too long.`);
      return replace(current, next);
    };

    const report = await copySessions(source, destination, settings);

    expect(report).toMatchObject({
      copied: 2,
      refused: 1,
      findings: [{ sessionId: id, code: 'ERR_SESSION_INVALID' }],
      verification: { missing: 1, same: 2 },
    });
  });

  it('reports records of the source that are not sessions, and copies the others', async () => {
    const [source, destination] = [await storeOnOldKey(2), new MapCatalog()];
    const sessions = source.sessions.bind(source);
    source.sessions = async function* () {
      yield* sessions();
      throw new RecordUnreadableError('1 records in the store are not sessions.');
    };

    const report = await copySessions(source, destination, settings);

    expect(report).toMatchObject({ copied: 2, refused: 1, verification: { missing: 0 } });
  });

  it('counts sessions that have expired apart from sessions that are missing', async () => {
    const [source, destination] = [new MapCatalog(), new MapCatalog()];
    const expired = new Date(Date.now() - 1_000);
    const online = { isOnline: true, expires: expired };
    await source.storeSession({ ...offlineSession(1), ...online, refreshToken: undefined });
    await source.storeSession({ ...offlineSession(2), ...online, refreshToken: 'renews it' });
    await source.storeSession(offlineSession(3));
    destination.replaceSession = async () => true;

    const report = await copySessions(source, destination, settings);

    expect(report.verification).toMatchObject({ source: 3, missing: 2, expired: 1 });
  });

  it('stores many at once where the destination can, and counts what was stored before it fails', async () => {
    const [source, stored] = [await storeOnOldKey(600), new MapCatalog()];
    let room = 300;
    const sizes: number[] = [];
    const destination = Object.assign(stored, {
      async insertSessions(sessions: readonly StoredSession[]) {
        sizes.push(sessions.length);
        room -= sessions.length;
        if (room < 0) throw new StoreUnavailableError('It is full.');
        return Promise.all(sessions.map((session) => stored.replaceSession(undefined, session)));
      },
    });
    const options = { batchSize: 1_000 };

    const error = await copySessions(source, destination, options).catch((one: unknown) => one);

    if (!(error instanceof RunIncompleteError)) throw new Error('It did not stop.');
    expect(error.report).toMatchObject({ scanned: 600, copied: 250, unresolved: 350 });
    room = 600;
    expect(await copySessions(source, destination, options)).toMatchObject({
      copied: 350,
      same: 250,
    });
    expect(sizes).toEqual([250, 250, 250, 250, 100]);
  });

  it('takes what insertSessions answers at once, without a promise, as a catalog in JavaScript may', async () => {
    const source = await storeOnOldKey(3);
    const destination = Object.assign(new MapCatalog(), {
      insertSessions: (sessions: readonly StoredSession[]) => sessions.map(() => true) as never,
    });

    const report = await copySessions(source, destination);

    expect(report).toMatchObject({ scanned: 3, copied: 3, unresolved: 0 });
  });

  it('needs a destination that can load one session, and that is atomic', async () => {
    const [source, destination] = [await storeOnOldKey(1), new MapCatalog()];

    await expect(copySessions(source, withoutLoad(destination), settings)).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
    });
    destination.atomic = false;
    await expect(copySessions(source, destination, settings)).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
    });
    expect(await copySessions(source, destination, { allowNonAtomic: true })).toMatchObject({
      copied: 1,
    });
  });

  it('without options, leaves what the destination has, and writes the rest', async () => {
    const [source, destination] = [await storeOnOldKey(2), await storeOnOldKey(1)];
    const before = new Map(destination.records);

    expect(await copySessions(source, destination)).toMatchObject({
      dryRun: false,
      copied: 1,
      different: 1,
      updated: 0,
    });

    for (const [id, record] of before) expect(destination.records.get(id)).toEqual(record);
  });

  it.each([
    [{ dryrun: true }, /no option "dryrun"/],
    [{ update: 'yes' }, /update must be/],
    [{ batchSize: 0 }, /batchSize must be/],
    [{ signal: {} }, /signal must be/],
    [{ onProgress: 'yes' }, /onProgress must be/],
  ])('refuses %j before anything is written', async (options, message) => {
    const [source, destination] = [await storeOnOldKey(1), new MapCatalog()];

    await expect(copySessions(source, destination, options as never)).rejects.toMatchObject({
      code: 'ERR_OPTION_INVALID',
      message: expect.stringMatching(message),
    });
    expect(destination.records.size).toBe(0);
  });

  it.each([
    ['expires', { expires: 'never' }],
    ['expires', { expires: new Date(Number.NaN) }],
  ])('refuses a session whose %s a store cannot keep, and copies the others', async (_, wrong) => {
    const values = new Map<string, string>();
    const destination = kvCatalog({
      get: async (key) => values.get(key) ?? null,
      put: async (key, value) => values.set(key, value),
      delete: async (key) => values.delete(key),
      list: async () => ({
        keys: [...values.keys()].map((name) => ({ name })),
        list_complete: true,
      }),
    });
    const sessions = [{ ...offlineSession(1), ...wrong }, offlineSession(2)];
    const source = {
      async *sessions() {
        yield* sessions;
      },
      replaceSession: async () => false,
    };

    const report = await copySessions(source as never, destination, { allowNonAtomic: true });

    expect(report).toMatchObject({ copied: 1, refused: 1 });
    expect(report.findings).toMatchObject([{ outcome: 'refused', code: 'ERR_SESSION_INVALID' }]);
  });

  it('goes on when the progress callback rejects', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const onProgress = async () => {
        throw new Error('the bar is broken');
      };
      const [source, destination] = [await storeOnOldKey(3), new MapCatalog()];
      expect(await copySessions(source, destination, { onProgress })).toMatchObject({ copied: 3 });
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
    expect(unhandled).toEqual([]);
  });

  it('goes on when the progress callback throws', async () => {
    const [source, destination] = [await storeOnOldKey(3), new MapCatalog()];
    const onProgress = () => {
      throw new Error('the bar is broken');
    };

    expect(await copySessions(source, destination, { onProgress })).toMatchObject({
      copied: 3,
      verification: { same: 3 },
    });
  });
});
