// Runs one fault over one storage: instances of an app use it without pause, something goes wrong and
// comes right again, and then every session is held against what the instances were told.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EncryptedSessionStorage, Keyring } from '../../src/index.js';
import type { Fault, PreparedFault } from './fault.js';
import type { FaultyStore } from './faulty-server.js';
import { Ledger, type LedgerState } from './ledger.js';
import type { CallerReport } from './processes/protocol.js';
import type { Caller, CallerProgram } from './processes/start.js';
import { shops, writeIn } from './sessions.js';
import { openSubject, type SubjectName } from './subjects.js';

/** How much is done. */
export interface FaultSize {
  readonly processes: number;
  /** In each process. */
  readonly callers: number;
  /** In milliseconds. */
  readonly deadline: number;
  /** How long a fault lasts, in deadlines. */
  readonly lasts: number;
  /** Calls in a row that must answer in each process, before and after the fault. */
  readonly enough: number;
}

/** What became of it. */
export interface FaultOutcome {
  /** Stores and deletions that answered true. */
  readonly acknowledged: number;
  /** Calls that failed, of any kind. */
  readonly failed: number;
  /** Acknowledged stores and deletions that were undone. */
  readonly lost: number;
  /** Failed writes that took effect after a later one was acknowledged. */
  readonly late: number;
  /** Writes that took effect although their errors said that they had not. */
  readonly denied: number;
  /** Sessions that were handed out for another shop or id. */
  readonly wrongShop: number;
  /** Sessions that can be loaded but that their shop does not find, or the other way round. */
  readonly misfound: number;
  /** Records with tokens that are left once every shop has uninstalled. */
  readonly left: number;
  /** Calls that neither answered nor failed within ten deadlines. */
  readonly hung: number;
  /** How long the slowest call took, in deadlines. */
  readonly longest: number;
  /** The longest that a process could do nothing, in deadlines: no answer can be sooner. */
  readonly stall: number;
  /**
   * When calls were answered again in every process after everything was right, in deadlines;
   * undefined: it never recovered.
   */
  readonly recovered: number | undefined;
  /** When the last call failed after everything was right, in deadlines; 0: none did. */
  readonly lastFailure: number;
  /** How often each error was seen, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** How processes ended that were not told to. */
  readonly crashes: readonly string[];
}

/** Until a storage that has not recovered counts as one that never will, in deadlines. */
const patience = 30;

/** How every sealed token starts: the header's `{"alg":"dir"`. */
const sealed = 'eyJhbGciOiJkaXIi';

/** Runs a fault that is ready over a store. */
export async function runFault(
  program: CallerProgram,
  subject: SubjectName,
  store: FaultyStore,
  { fromTheStart, failsCalls }: Pick<Fault, 'fromTheStart' | 'failsCalls'>,
  fault: PreparedFault,
  size: FaultSize,
): Promise<FaultOutcome> {
  const { url = store.url, directUrl = store.directUrl } = fault;
  const keys = `key:${randomBytes(32).toString('base64url')}`;
  if (fromTheStart) await fault.begin?.();
  const callers = Array.from({ length: size.processes }, (_, process) =>
    program.start({ ...size, subject, url, keys, process, rest: 5 }),
  );
  const { enough } = size;
  const long = patience * Math.max(size.deadline, 1_000);
  await untilAll(callers, long, ({ progress }) => progress !== undefined);
  if (!fromTheStart) {
    await untilAll(callers, long, ({ progress }) => (progress?.inARow ?? 0) >= enough);
    await fault.begin?.();
  }
  await pause(size.deadline * size.lasts);
  if (failsCalls) await untilAll(callers, long, ({ progress }) => (progress?.failed ?? 0) > 0);
  await fault.end?.();
  const right = Date.now();
  for (const caller of callers) caller.right();
  const acknowledged = callers.map(({ progress }) => progress?.acknowledged ?? 0);
  const recovered = await untilAll(
    callers,
    long,
    ({ progress }, at) =>
      progress !== undefined &&
      progress.inARow >= enough &&
      progress.answeredAgain > 0 &&
      progress.acknowledged > (acknowledged[at] ?? 0),
  );
  const reports = (await Promise.all(callers.map((caller) => caller.stop()))).filter(
    (report) => report !== undefined,
  );
  // Whatever a process still wanted to write has time to come.
  await pause(Math.min(size.deadline, 2_000));
  const found = await holdAgainstStore(subject, { ...store, directUrl }, keys, reports);
  const crashes = await Promise.all(callers.map((caller) => caller.end()));

  const sum = (
    name: 'acknowledged' | 'failed' | 'lost' | 'late' | 'denied' | 'wrongShop' | 'hung',
  ) => reports.reduce((total, report) => total + report[name], 0);
  const lastFailure = Math.max(0, ...reports.map((report) => report.lastFailure));
  const answeredAgain = Math.max(0, ...reports.map((report) => report.answeredAgain));
  return {
    acknowledged: sum('acknowledged'),
    failed: sum('failed'),
    lost: sum('lost') + found.lost,
    late: sum('late') + found.late,
    denied: sum('denied') + found.denied,
    wrongShop: sum('wrongShop') + found.wrongShop,
    misfound: found.misfound,
    left: found.left,
    hung: sum('hung'),
    longest: Math.max(0, ...reports.map(({ longest }) => longest)) / size.deadline,
    stall: Math.max(0, ...reports.map(({ stall }) => stall)) / size.deadline,
    recovered: recovered ? Math.max(0, answeredAgain - right) / size.deadline : undefined,
    lastFailure: Math.max(0, lastFailure - right) / size.deadline,
    errors: sumErrors(reports),
    crashes: crashes.filter((crash) => crash !== undefined),
  };
}

/** Waits so long until it is so for all that have not crashed. Answers whether it is. */
async function untilAll(
  callers: readonly Caller[],
  milliseconds: number,
  isSo: (caller: Caller, at: number) => boolean,
): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(20)) {
    if (callers.every((caller, at) => caller.crash !== undefined || isSo(caller, at))) {
      return callers.every((caller) => caller.crash === undefined);
    }
  }
  return false;
}

/** Loads, finds and deletes every session with a storage that has met no fault. */
async function holdAgainstStore(
  subject: SubjectName,
  store: FaultyStore,
  keys: string,
  reports: readonly CallerReport[],
) {
  const { storage: inner, close } = await openSubject(subject, store.directUrl, 30_000);
  const storage = new EncryptedSessionStorage(inner, { keyring: Keyring.parse(keys) });
  const counts = { lost: 0, late: 0, denied: 0, wrongShop: 0, misfound: 0 };
  const find = async (shop: string) => (await storage.findSessionsByShop?.(shop)) ?? [];
  const loaded = new Set<string>();
  const judge = async (state: LedgerState) => {
    const session = await storage.loadSession(state.id);
    const number = session && writeIn(session, state);
    if (session !== undefined) loaded.add(state.id);
    if (session !== undefined && number === undefined) counts.wrongShop++;
    const verdict = Ledger.of(state).judge(number);
    if (verdict !== 'current') counts[verdict]++;
  };
  try {
    await Promise.all(reports.flatMap(({ ledgers }) => ledgers).map(judge));
    for (const shop of shops) {
      const found = (await find(shop)).map(({ id }) => id);
      const expected = [...loaded].filter((id) => id.startsWith(shop));
      counts.misfound += differences(found, expected);
      // Apps uninstall like this.
      if (found.length > 0) await storage.deleteSessions?.(found);
      counts.misfound += (await find(shop)).length;
    }
  } finally {
    await close();
  }
  const records = await store.records(store.directUrl);
  return { ...counts, left: records.filter((record) => record.includes(sealed)).length };
}

function sumErrors(reports: readonly CallerReport[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [code, count] of reports.flatMap(({ errors }) => Object.entries(errors))) {
    sums[code] = (sums[code] ?? 0) + count;
  }
  return sums;
}

function differences(some: readonly string[], others: readonly string[]): number {
  const lacking = (ids: readonly string[], from: readonly string[]) =>
    ids.filter((id) => !from.includes(id)).length;
  return lacking(some, others) + lacking(others, some);
}
