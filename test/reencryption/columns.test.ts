// Every session is measured as it is to be stored, and as it would be sealed: in every mode.
import { describe, expect, it } from 'vitest';
import {
  type ColumnLimit,
  EncryptedSessionStorage,
  generateKey,
  Keyring,
  type Misfit,
  reencryptSessions,
  ValueTooLongError,
} from '../../src/index.js';
import { MapCatalog, type StoredSession } from './map-catalog.js';
import { offlineSession } from './scene.js';

const short = generateKey({ kid: 'k' }).text;
const long = generateKey({ kid: 'a-key-with-a-very-long-name-2026' }).text;
const token = 'shpat_0123456789abcdef0123456789abcdef';

/** A store whose columns of tokens hold so many characters. */
class NarrowCatalog extends MapCatalog {
  readonly #holds: Readonly<Record<string, number>>;

  constructor(holds: Readonly<Record<string, number>>) {
    super();
    this.#holds = holds;
  }

  async misfits(sessions: readonly StoredSession[]): Promise<(Misfit | undefined)[]> {
    return sessions.map((session) => this.#misfit(session));
  }

  #misfit({ id, ...values }: StoredSession): Misfit | undefined {
    const limits = Object.entries(this.#holds).flatMap(([column, holds]): ColumnLimit[] => {
      const needs = String(Reflect.get(values, column) ?? '').length;
      if (needs <= holds) return [];
      return [{ column, needs, holds, unit: 'characters', remedy: 'Widen it.' }];
    });
    if (limits.length === 0) return undefined;
    return new ValueTooLongError(`Session ${id}: too long.`, { sessionId: id }, limits);
  }
}

async function narrowStore(session: StoredSession, holds: Readonly<Record<string, number>>) {
  const store = new NarrowCatalog(holds);
  await store.storeSession(session);
  return store;
}

async function sealed(session: StoredSession): Promise<StoredSession> {
  const store = new MapCatalog();
  const app = new EncryptedSessionStorage(store, { keyring: Keyring.parse(short), mode: 'strict' });
  await app.storeSession(session);
  return store.stored(session.id);
}

describe.each([{ dryRun: true }, { dryRun: false }])(
  'reencryptSessions (dry run: $dryRun)',
  ({ dryRun }) => {
    const keyring = Keyring.parse(`${long},${short}`);

    it('in mode rollback names the columns that what it opens would not fit, sealed again', async () => {
      const store = await narrowStore(await sealed({ ...offlineSession(1), accessToken: token }), {
        accessToken: 190,
      });

      const report = await reencryptSessions(store, { keyring, mode: 'rollback', dryRun });

      expect(report).toMatchObject({ reencrypted: 1, doesNotFit: 0, findings: [] });
      expect(report.tooShortColumns).toMatchObject([
        { column: 'accessToken', needs: 220, holds: 190, sessions: 1 },
      ]);
      expect(store.writes).toBe(dryRun ? 0 : 1);
    });

    it('in mode rollback leaves a session whose plaintext does not fit, and says so', async () => {
      const store = await narrowStore(
        { ...offlineSession(1), accessToken: 'vault:7' },
        { accessToken: 30 },
      );

      const report = await reencryptSessions(store, {
        keyring,
        mode: 'rollback',
        dryRun,
        openLegacy: (value) => (value === 'vault:7' ? token : undefined),
      });

      expect(report).toMatchObject({ reencrypted: 0, doesNotFit: 1 });
      expect(report.tooShortColumns).toMatchObject([{ needs: 38, holds: 30, sessions: 1 }]);
      expect(store.writes).toBe(0);
    });

    it('names every column that is too short for one session', async () => {
      const store = await narrowStore(
        { ...offlineSession(1), accessToken: token },
        { accessToken: 190, refreshToken: 150 },
      );

      const report = await reencryptSessions(store, { keyring, mode: 'migrate', dryRun });

      expect(report).toMatchObject({ reencrypted: 0, doesNotFit: 1 });
      expect(report.tooShortColumns).toMatchObject([
        { column: 'accessToken', needs: 220, holds: 190, sessions: 1 },
        { column: 'refreshToken', holds: 150, sessions: 1 },
      ]);
      expect(store.writes).toBe(0);
    });

    it('in mode strict measures plaintext that it leaves beside what it seals again', async () => {
      const { accessToken } = await sealed({ ...offlineSession(1), accessToken: token });
      const store = await narrowStore(
        { ...offlineSession(1), accessToken, refreshToken: 'shprt_'.padEnd(90, 'x') },
        { accessToken: 255, refreshToken: 255 },
      );

      const report = await reencryptSessions(store, { keyring, mode: 'strict', dryRun });

      expect(report).toMatchObject({ reencrypted: 1, doesNotFit: 0 });
      expect(report.tooShortColumns).toMatchObject([{ column: 'refreshToken', sessions: 1 }]);
    });
  },
);
