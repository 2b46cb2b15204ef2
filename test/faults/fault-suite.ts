// A storage that meets faults loses nothing that it acknowledged, and is back by itself. `npm test`
// runs a part; `npm run test:faults` (FAULTS=all; `ours`; `bare` for what ours are compared with; or a part
// of a fault's or a storage's name) runs the rest with more processes, and prints the table.
// FAULT_DEADLINE is the deadline in milliseconds.
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { findProgram } from '../servers/find-program.js';
import type { Fault } from './fault.js';
import type { FaultRow } from './fault-table.js';
import { type FaultName, faultNames, faultOf } from './faults.js';
import { type FaultyServer, startFaultyServer } from './faulty-server.js';
import { CallerProgram } from './processes/start.js';
import { type FaultOutcome, type FaultSize, runFault } from './run-fault.js';
import {
  isToCompare,
  type ServerKind,
  type SubjectName,
  serverOf,
  subjectNames,
} from './subjects.js';

type Row = readonly [fault: FaultName, subject: SubjectName];

/** Set in the long version. */
export const selected = process.env.FAULTS;
/** A busy machine needs longer deadlines: what counts is what they are to the time that a call takes. */
const deadline = Number(process.env.FAULT_DEADLINE ?? 1_000);
export const size: FaultSize =
  selected === undefined
    ? { processes: 2, callers: 3, deadline, lasts: 2, enough: 30 }
    : { processes: 4, callers: 10, deadline, lasts: 3, enough: 100 };

/** For a machine that does much else, in milliseconds. */
export const limit = 600_000;

/**
 * Registers the tests over one kind of server.
 *
 * @param short The rows that every run of the tests can afford.
 */
export function describeFaults(
  kind: Exclude<ServerKind, 'sqlite'>,
  canStart: boolean,
  short: readonly Row[],
): void {
  const rows = selected === undefined ? short : selectedRows(kind);
  describe.skipIf(!canStart || rows.length === 0)(`faults of ${kind}`, () => {
    let server: FaultyServer;
    let program: CallerProgram;
    beforeAll(async () => {
      [server, program] = await Promise.all([startFaultyServer[kind](), CallerProgram.build()]);
    });
    afterAll(async () => {
      await program?.remove();
      await server?.stop();
    });

    for (const [name, subject] of rows) {
      const fault = faultOf(name);
      test.skipIf(isMissing(fault.program))(
        `${name}: ${subject}`,
        { timeout: limit },
        async ({ task }) => {
          const store = await server.newStore();
          // Where no call may fail, none may be late on a busy machine either.
          const sized = fault.failsNothing ? { ...size, deadline: 20_000, lasts: 0.1 } : size;
          const prepared = await fault.prepare(server, store, sized.deadline);
          const outcome = await runFault(program, subject, store, fault, prepared, sized).finally(
            async () => {
              await program.killAll();
              await server.network.restore();
              server.network.forget();
              await prepared.cleanUp?.();
            },
          );
          noteOutcome(task, { fault: name, subject, outcome });
          if (!isToCompare(subject) && !isEndedByDriver(subject, outcome)) {
            expectNoHarm(outcome, fault);
          }
        },
      );
    }
  });
}

/** For the table at the end of the run. */
export function noteOutcome(task: TestContext['task'], row: FaultRow): void {
  task.meta.fault = row;
}

/**
 * Whether the adapter has ended the process: it hears no error of a connection that is idle, and nobody
 * outside it can. docs/stores.md says so; the table shows it.
 */
function isEndedByDriver(subject: SubjectName, { crashes }: FaultOutcome): boolean {
  const isUnheard = (crash: string) => crash.includes("Unhandled 'error' event");
  return subject.includes('@keyv/postgres') && crashes.length > 0 && crashes.every(isUnheard);
}

/** Nothing that was acknowledged is lost, nobody sees what is not theirs, and it is back by itself. */
export function expectNoHarm(
  outcome: FaultOutcome,
  fault: Pick<Fault, 'failsNothing' | 'leavesWritesOnTheWire' | 'storeMayLose'>,
): void {
  const { lost, late, denied, wrongShop, misfound, left, hung, crashes } = outcome;
  expect({ denied, wrongShop, hung, crashes }).toEqual({
    denied: 0,
    wrongShop: 0,
    hung: 0,
    crashes: [],
  });
  if (!fault.storeMayLose)
    expect({ lost, misfound, left }).toEqual({ lost: 0, misfound: 0, left: 0 });
  if (fault.failsNothing) expect(outcome.errors).toEqual({});
  if (!fault.leavesWritesOnTheWire && !fault.storeMayLose) expect(late).toBe(0);
  expect(outcome.acknowledged).toBeGreaterThan(0);
  expect(outcome.recovered, 'it never recovered').toBeDefined();
  // Of many that change one shop's list at once, some may not get their turn in time.
  const allowed = ['ERR_STORE_UNAVAILABLE', 'ERR_STORE_CONFLICT'];
  expect(Object.keys(outcome.errors).filter((code) => !allowed.includes(code))).toEqual([]);
  if (selected === undefined) return;
  // On a machine that does nothing else they are at most 1.1 and 2.
  expect(outcome.longest - outcome.stall).toBeLessThan(2);
  expect((outcome.recovered ?? 0) - outcome.stall).toBeLessThan(3);
}

function selectedRows(kind: ServerKind): Row[] {
  return faultNames
    .filter((fault) => faultOf(fault).servers.includes(kind))
    .flatMap((fault) =>
      subjectNames
        .filter((subject) => serverOf(subject) === kind)
        .filter((subject) => faultOf(fault).subjects?.includes(subject) ?? true)
        .filter((subject) => isWanted(fault, subject))
        .map((subject): Row => [fault, subject]),
    );
}

/** Whether the long version is to have a row. */
export function isWanted(fault: string, subject: SubjectName): boolean {
  if (selected === 'ours') return !isToCompare(subject);
  if (selected === 'bare') return isToCompare(subject);
  return selected === undefined || selected === 'all' || `${fault}: ${subject}`.includes(selected);
}

/** Whether a fault cannot be tested here. CI has all programs, so that there it is a failure. */
function isMissing(program: string | undefined): boolean {
  if (program === undefined || findProgram(program) !== undefined) return false;
  console.warn(
    `\n\u001B[1;33mSKIPPED: faults that need ${program}, which is not installed.\u001B[0m\n`,
  );
  return true;
}
