// A server that says what is the matter with it: calls are sent again for as long as it says that it
// will be back, else they fail and say why and what to do; afterwards the same storage works again.
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { StoreUnavailableError } from '../../../src/index.js';
import type { FaultyKind } from '../each-server.js';
import { selected } from '../fault-suite.js';
import { type FaultyServer, type FaultyStore, startFaultyServer } from '../faulty-server.js';
import { untilAnswers } from '../until.js';
import { type OpenedSubject, type OpenOptions, stateSubjects } from './state-subjects.js';

/** What a server may be in for a while. */
export interface ServerState {
  /** What it says. */
  readonly says: RegExp;
  /** Part of what the error advises. */
  readonly advises: string;
  /** It says that it will be back, so that calls wait for that. */
  readonly passes?: true;
  /** It can be read. */
  readonly isReadable?: true;
  /** Of calls that fail when it is up, in milliseconds. */
  readonly deadline?: number;
  /** Why it cannot be tried here. */
  readonly missing?: string | undefined;
  /** Makes it so, and answers what ends it. It must not end by itself. */
  begin(server: FaultyServer, store: FaultyStore): Promise<() => Promise<unknown>>;
}

/** Of calls that are to be answered, on a machine that does much else. */
const long = 60_000;

/** Registers tests of each state, for each of the storages and catalogs over one kind of server. */
export function describeStates(
  kind: FaultyKind,
  canStart: boolean,
  states: Readonly<Record<string, ServerState>>,
): void {
  describe.skipIf(!canStart)(`states of ${kind}`, () => {
    let server: FaultyServer;
    beforeAll(async () => {
      server = await startFaultyServer[kind]();
    });
    afterAll(() => server?.stop());

    const subjects = stateSubjects.filter(
      (one) => one.server === kind && (selected !== undefined || one.isLikeAnother !== true),
    );
    for (const [name, state] of Object.entries(states)) {
      if (state.missing !== undefined) {
        console.warn(`\n\u001B[1;33mSKIPPED: ${name}, which needs ${state.missing}.\u001B[0m\n`);
      }
      describe.skipIf(state.missing !== undefined)(name, () => {
        test.each(subjects)('$name', { timeout: 300_000 }, async (subject) => {
          const store = await newStore(server);
          await subject.prepare?.(store.directUrl);
          const open = (options: OpenOptions) => {
            const one = subject.open(store.url, options);
            onTestFinished(() => one.close().catch(() => {}));
            return one;
          };
          const short = state.passes ? (state.deadline ?? 400) : long;
          const [hasty, patient, late] = [short, long, long].map((deadline) => open({ deadline }));
          const newcomer = open({ deadline: short });
          if (hasty === undefined || patient === undefined || late === undefined) return;
          await untilAnswers(() => hasty.write(1));
          expect(await patient.read()).toBe(1);

          const end = await state.begin(server, store);
          let hasEnded = false;
          const endOnce = async () => {
            if (!hasEnded) await end();
            hasEnded = true;
          };
          onTestFinished(endOnce);
          // With connections, and without.
          await expectFailure(() => hasty.write(2), state);
          await expectFailure(() => newcomer.write(2), state);
          if (state.isReadable) expect(await untilAnswers(() => hasty.read())).toBe(1);
          else if (state.passes) await expectFailure(() => hasty.read(), state);

          if (state.passes) await expectPatience(patient, endOnce, open, subject.isObserved);
          else {
            await expectFailure(() => patient.write(2), state);
            await endOnce();
          }

          const newest = state.passes ? 4 : 1;
          for (const one of [hasty, newcomer, patient]) {
            expect(await untilAnswers(() => one.read())).toBe(newest);
          }
          for (const one of [hasty, newcomer, patient]) {
            expect(await untilAnswers(() => one.write(5))).toBe(true);
          }
          expect(await late.read()).toBe(5);
        });
      });
    }
  });
}

/** A store of the user `app`, who is subject to what the administrator may do all the same. */
async function newStore(server: FaultyServer): Promise<FaultyStore> {
  const store = await server.newStore();
  if (server.kind !== 'postgres') return store;
  const roles = await server.command("SELECT 1 FROM pg_roles WHERE rolname = 'app'");
  if (Array.isArray(roles) && roles.length === 0) await server.command('CREATE ROLE app LOGIN');
  const database = new URL(store.directUrl).pathname.slice(1);
  await server.command(`ALTER DATABASE ${database} OWNER TO app`);
  const as = (url: string) => Object.assign(new URL(url), { username: 'app' }).href;
  return { ...store, url: as(store.url), directUrl: as(store.directUrl) };
}

/** Calls that begin in the state are answered once it has ended. */
async function expectPatience(
  patient: OpenedSubject,
  end: () => Promise<unknown>,
  open: (options: OpenOptions) => OpenedSubject,
  isObserved: boolean,
): Promise<void> {
  let onRetry = () => {};
  const retried = new Promise<void>((resolve) => {
    onRetry = resolve;
  });
  const another = open({ deadline: long, onRetry: () => onRetry() });
  const answers = Promise.all([another.read(), patient.write(4)]);
  // It is awaited below; until then it may fail first.
  answers.catch(() => {});
  await (isObserved ? Promise.race([retried, answers]) : pause(100));
  await end();
  expect(await answers).toEqual([expect.toSatisfy((number) => number === 1 || number === 4), true]);
}

async function expectFailure(call: () => Promise<unknown>, state: ServerState): Promise<void> {
  const once = () =>
    call().then(
      (answer) => new Error(`It answered ${String(answer)}.`),
      (thrown: unknown) => thrown,
    );
  let error = await once();
  // On a busy machine the time may be up before the server has said anything.
  while (String(error).includes('did not answer within')) error = await once();
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(error).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  expect(causesOf(error)).toMatch(state.says);
  expect(String(error)).toContain(state.advises);
}

/** Codes and messages of the causes. */
function causesOf(error: unknown): string {
  const said: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    said.push('code' in cause ? String(cause.code) : '', cause.message);
  }
  return said.join('\n');
}
