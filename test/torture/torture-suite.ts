// Rotates the keys of several kinds of store under torture. `TORTURE_SESSIONS=20000` is the full
// size, which prints its figures; without it, the size is one that every run of the tests can afford.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canStartPostgres, type OwnPostgres, startPostgres } from '../servers/postgres.js';
import { sharedServer } from '../servers/shared.js';
import { idOf } from './numbered-sessions.js';
import { TorturePrograms } from './processes/start.js';
import { runTorture, type TortureOutcome, type TorturePlan } from './run-torture.js';
import { loadSubject, type SubjectName } from './subject.js';

const fullSize = process.env.TORTURE_SESSIONS !== undefined;
const kills = fullSize ? 5 : 1;
// For a machine that does much else. Nothing here measures time.
const limit = fullSize ? 3_600_000 : 300_000;

/**
 * Registers the tests; those of a store whose server cannot be had are skipped.
 *
 * @param sizes How many sessions each store can do in a few seconds.
 * @param control The store of which the controls are, but in full size: they show that a loss is seen,
 * which all stores share.
 * @param largest How many a store can do in full size, where those are fewer.
 */
export async function tortureSuite(
  sizes: Partial<Record<SubjectName, number | 'in full size only'>>,
  control: SubjectName | 'in full size only',
  largest: Partial<Record<SubjectName, number>> = {},
): Promise<void> {
  // One for all stores of a test file.
  let programs: TorturePrograms;
  beforeAll(async () => {
    programs = await TorturePrograms.build();
  });
  afterAll(() => programs?.remove());

  const names = Object.keys(sizes) as SubjectName[];
  for (const name of names) {
    if (sizes[name] === 'in full size only' && !fullSize) continue;
    const { server: kind } = await loadSubject(name);
    const server = kind === undefined ? '' : sharedServer(kind);
    const wanted = Number(process.env.TORTURE_SESSIONS ?? sizes[name]);
    const sessions = Math.min(wanted, largest[name] ?? wanted);
    // Seven processes with a pool each need most of a PostgreSQL's connections to themselves.
    let own: OwnPostgres | undefined;
    const serverUrl = async () => {
      if (kind !== 'postgres' || !canStartPostgres()) return server ?? '';
      own ??= await startPostgres();
      return own.url;
    };
    const run = async (rotators: TorturePlan['rotators']): Promise<TortureOutcome> => {
      const url = await serverUrl();
      const plan = { subject: name, server: url, sessions, refreshes: sessions, rotators };
      const outcome = await runTorture(programs, plan);
      if (fullSize) printFigures(name, outcome);
      return outcome;
    };
    describe.skipIf(server === undefined)(`${name}, ${sessions} sessions`, () => {
      afterAll(() => own?.stop());
      describeTorture(sessions, kind === 'redis', run);
      if (fullSize || name === control) describeControl(run);
    });
  }
}

function describeTorture(
  sessions: number,
  mayRepeat: boolean,
  run: (rotators: { readonly kills: number }) => Promise<TortureOutcome>,
): void {
  describe(`while 4 writers refresh them and 2 rotators are killed ${kills} times each`, () => {
    let outcome: TortureOutcome;
    beforeAll(async () => {
      outcome = await run({ kills });
    }, limit);

    test('rotators are killed, come to their end at last, and meet writers', () => {
      expect(outcome.rotation).toMatchObject({ kills: 2 * kills });
      expect(outcome.rotation?.completed).toBeGreaterThanOrEqual(2);
      expect(outcome.rotation?.conflicts).toBeGreaterThan(0);
      expect(outcome.refreshed).toBeGreaterThanOrEqual(sessions);
    });

    test('no writer ever loads other tokens than it was told are stored', () => {
      expect(outcome.lost).toBe(0);
    });

    test('every session holds the newest tokens that a writer was told are stored', () => {
      expect(outcome.stale).toEqual([]);
    });

    test('shards share all sessions, and do not meet', () => {
      const alone = mayRepeat ? {} : { conflicts: 0 };
      const shard = { code: 0, report: { ...alone, byKid: { old: expect.any(Number) } } };
      expect(outcome.shards).toMatchObject([shard, shard]);
      const seen = outcome.shards?.reduce((sum, { report }) => sum + (report.scanned ?? 0), 0);
      if (mayRepeat) expect(seen).toBeGreaterThanOrEqual(sessions);
      else expect(seen).toBe(sessions);
    });

    test('nothing is on the old key after a last rotate, and nothing needs it', () => {
      const report = { byKid: { new: sessions }, unreadable: 0 };
      expect(outcome.lastRotate).toMatchObject({ code: 0, report });
      expect(outcome.lastStatus).toMatchObject({ code: 0, report });
    });

    test('no session is lost, and none is there twice', () => {
      const ids = Array.from({ length: sessions }, (_, session) => idOf(session));
      expect([...outcome.handedOut.keys()].sort()).toEqual(ids.sort());
      // Redis may hand out a key twice while it makes room for keys of others.
      if (!mayRepeat) expect(Math.max(...outcome.handedOut.values())).toBe(1);
      expect(outcome.misfound).toEqual([]);
    });
  });
}

function describeControl(run: (rotators: 'plain' | 'blind') => Promise<TortureOutcome>): void {
  test.each([
    ['rotators that load and store lose updates in the same test', 'plain'],
    ['batches without compare-and-swap lose updates in the same test', 'blind'],
  ] as const)(
    '%s',
    async (_title, rotators) => {
      const { lost } = await run(rotators);
      expect(lost).toBeGreaterThan(0);
    },
    limit,
  );
}

function printFigures(name: SubjectName, outcome: TortureOutcome): void {
  const { refreshed, lost, failed, stale, handedOut, rotation, seconds } = outcome;
  const doubled = [...handedOut.values()].filter((times) => times > 1).length;
  const found = { refreshed, lost, stale: stale.length, doubled, failed };
  const shards = outcome.shards?.map(({ report }) => [report.scanned, report.conflicts]);
  const figures = { sessions: handedOut.size, ...found, ...rotation, shards, seconds };
  console.log(`${name}, ${rotation === undefined ? 'control' : 'ours'}:`, JSON.stringify(figures));
}
