// Rotates the keys of one kind of store under torture. `TORTURE_SESSIONS=20000` is the full size,
// which prints its figures; without it, the size is one that every run of the tests can afford.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedServer } from '../servers/shared.js';
import { idOf } from './numbered-sessions.js';
import { TorturePrograms } from './processes/start.js';
import { runTorture, type TortureOutcome, type TorturePlan } from './run-torture.js';
import { loadSubject, type SubjectName } from './subject.js';

const fullSize = process.env.TORTURE_SESSIONS !== undefined;
const kills = fullSize ? 5 : 2;
const limit = fullSize ? 1_800_000 : 120_000;

/**
 * Registers the tests; skipped where the server that the store needs cannot be had.
 *
 * @param fewSessions How many sessions the store can do in a few seconds.
 */
export async function tortureSuite(name: SubjectName, fewSessions: number): Promise<void> {
  const sessions = Number(process.env.TORTURE_SESSIONS ?? fewSessions);
  const { server: kind } = await loadSubject(name);
  const server = kind === undefined ? '' : sharedServer(kind);
  let programs: TorturePrograms;
  beforeAll(async () => {
    programs = await TorturePrograms.build();
  });
  afterAll(() => programs?.remove());

  const run = async (rotators: TorturePlan['rotators']): Promise<TortureOutcome> => {
    const plan = { subject: name, server: server ?? '', sessions, refreshes: sessions, rotators };
    const outcome = await runTorture(programs, plan);
    if (fullSize) printFigures(name, outcome);
    return outcome;
  };

  describe.skipIf(server === undefined)(
    `${name}: 4 writers refresh ${sessions} sessions while 2 rotators are killed ${kills} times each`,
    () => {
      let outcome: TortureOutcome;
      beforeAll(async () => {
        outcome = await run({ kills });
      }, limit);

      test('writers and rotators met, and rotators were killed', () => {
        expect(outcome.rotation).toMatchObject({ kills: 2 * kills });
        expect(outcome.rotation?.completed).toBeGreaterThanOrEqual(2);
        expect(outcome.rotation?.conflicts).toBeGreaterThan(0);
        expect(outcome.refreshed).toBeGreaterThanOrEqual(sessions);
      });

      test('no writer ever loaded other tokens than it was told are stored', () => {
        expect(outcome.lost).toBe(0);
      });

      test('every session holds the newest tokens that a writer was told are stored', () => {
        expect(outcome.stale).toEqual([]);
      });

      test('nothing is on the old key after a last rotate, and nothing needs it', () => {
        const byKid = { new: sessions };
        expect(outcome.lastRotate).toMatchObject({ code: 0, report: { byKid, unreadable: 0 } });
        expect(outcome.lastStatus).toMatchObject({ code: 0, report: { byKid, unreadable: 0 } });
      });

      test('no session is lost, and none is there twice', () => {
        const ids = Array.from({ length: sessions }, (_, session) => idOf(session));
        expect([...outcome.handedOut.keys()].sort()).toEqual(ids.sort());
        // Redis may hand out a key twice while it makes room for keys of others.
        if (kind !== 'redis') expect(Math.max(...outcome.handedOut.values())).toBe(1);
        expect(outcome.misfound).toEqual([]);
      });
    },
  );

  test.skipIf(server === undefined)(
    `${name}: rotators that load and store lose updates in the same test`,
    async () => {
      const { lost } = await run('plain');
      expect(lost).toBeGreaterThan(0);
    },
    limit,
  );
}

function printFigures(name: SubjectName, outcome: TortureOutcome): void {
  const { refreshed, lost, failed, stale, rotation, seconds } = outcome;
  const figures = {
    sessions: outcome.handedOut.size,
    refreshed,
    lost,
    stale: stale.length,
    failed,
    ...rotation,
    seconds,
  };
  console.log(`${name}, ${rotation === undefined ? 'control' : 'ours'}:`, JSON.stringify(figures));
}
