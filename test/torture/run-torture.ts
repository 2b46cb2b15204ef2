// One torture run: sessions under an old key, writers that refresh them without pause, and rotators
// to a new key at the same time. Answers what became of every session.
import { randomBytes } from 'node:crypto';
import { EncryptedSessionStorage, Keyring, type ReencryptionReport } from '../../src/index.js';
import type { Place } from '../conformance/backend.js';
import { idOf, newSession, refreshOf, shopOf } from './numbered-sessions.js';
import type { Ledger, WriterCounts } from './processes/protocol.js';
import type { TorturePrograms } from './processes/start.js';
import { type RotationCounts, rotateAndKill, rotateBlindly, rotatePlainly } from './rotators.js';
import { loadSubject, type OpenSubject, type SubjectName } from './subject.js';
import { Writers } from './writers.js';

export interface TorturePlan {
  readonly subject: SubjectName;
  readonly server: string;
  readonly sessions: number;
  /** How often the sessions are refreshed in all, at least. */
  readonly refreshes: number;
  /**
   * How often each of the two rotators is killed. The controls: `'plain'`, rotators that load and
   * store; `'blind'`, batches that are written without a comparison.
   */
  readonly rotators: { readonly kills: number } | 'plain' | 'blind';
}

interface CommandResult {
  readonly code: number | null;
  readonly report: Partial<ReencryptionReport>;
  readonly stderr: string;
}

export interface TortureOutcome extends WriterCounts {
  readonly rotation: RotationCounts | undefined;
  /** Sessions whose newest tokens, of those that a writer was told are stored, are not there. */
  readonly stale: readonly string[];
  /** How often the catalog handed out each session. */
  readonly handedOut: ReadonlyMap<string, number>;
  /** Sessions, of the first thousand, that are not found exactly once by their shop. */
  readonly misfound: readonly string[];
  /**
   * Not of the control, and without writers: what two `rotate --shard` back to the old key, at once,
   * said; then a last `rotate`, and `status` with the new key alone.
   */
  readonly shards: readonly CommandResult[] | undefined;
  readonly lastRotate: CommandResult | undefined;
  readonly lastStatus: CommandResult | undefined;
  readonly seconds: { readonly seeding: number; readonly torture: number; readonly checks: number };
}

export async function runTorture(
  programs: TorturePrograms,
  plan: TorturePlan,
): Promise<TortureOutcome> {
  const subject = await loadSubject(plan.subject);
  const place = await subject.create(plan.server);
  const open = await subject.connect(place);
  try {
    return await torture(programs, plan, place, open);
  } finally {
    await programs.killAll();
    await open.close();
    await subject.drop(place);
  }
}

async function torture(
  programs: TorturePrograms,
  { subject, sessions, refreshes, rotators }: TorturePlan,
  place: Place,
  open: OpenSubject,
): Promise<TortureOutcome> {
  const [oldKey, newKey] = ['old', 'new'].map((kid) => `${kid}:${randomKey()}`);
  const [before, after] = [`${oldKey},${newKey}`, `${newKey},${oldKey}`];
  const app = (keys: string) =>
    new EncryptedSessionStorage(open.storage, { keyring: Keyring.parse(keys), mode: 'strict' });
  const numbers = Array.from({ length: sessions }, (_, session) => session);
  const phase = stopwatch();
  const seeding = app(before);
  await forEach(numbers, (session) => seeding.storeSession(newSession(session)));
  const seedingSeconds = phase();

  const store = { subject, place };
  const writers = new Writers(programs, store, sessions, [before, after]);
  const busy = writers.until(({ refreshed }) => refreshed >= refreshes);
  // It is awaited below; until then it may fail first.
  busy.catch(() => {});
  let rotation: RotationCounts | undefined;
  if (rotators === 'plain' || rotators === 'blind') {
    // The control ends when it has done harm.
    const harm = writers.until(({ lost }) => lost > 0);
    const enough = Promise.all([busy, harm]);
    if (rotators === 'plain') await rotatePlainly(programs, store, after, enough);
    else await rotateBlindly(programs, store, [after, before], enough);
  } else {
    const most = Math.ceil(sessions / 8);
    const rotating = rotateAndKill(programs, store, after, rotators.kills, most);
    rotation = await Promise.race([rotating, writers.failure]);
    await busy;
  }
  const ledgers = await writers.stop();
  const command = async (
    args: Parameters<TorturePrograms['runCommand']>[0],
    keys: string,
  ): Promise<CommandResult> => {
    const options = { ...store, killedAt: undefined };
    const { code, stdout, stderr } = await programs.runCommand(args, keys, options);
    return { code, report: JSON.parse(stdout || '{}'), stderr };
  };
  const shard = (part: string) => command(['rotate', '--shard', part], before);
  const shards = rotation && (await Promise.all(['1/2', '2/2'].map(shard)));
  const lastRotate = rotation && (await command(['rotate'], after));
  const lastStatus = rotation && (await command(['status'], String(newKey)));
  const tortureSeconds = phase();
  const stale = await staleSessions(app(rotation ? String(newKey) : after), ledgers);
  const handedOut = await countHandedOut(open);
  const misfound = await misfoundSessions(open, numbers);
  const seconds = { seeding: seedingSeconds, torture: tortureSeconds, checks: phase() };
  return {
    ...writers.counts,
    rotation,
    stale,
    handedOut,
    misfound,
    shards,
    lastRotate,
    lastStatus,
    seconds,
  };
}

async function staleSessions(
  app: EncryptedSessionStorage<OpenSubject['storage']>,
  ledgers: readonly Ledger[],
): Promise<string[]> {
  const stale: string[] = [];
  await forEach(ledgers, async ({ session, stored, unknown }) => {
    const loaded = await app.loadSession(idOf(session)).catch(() => undefined);
    const found = refreshOf(session, loaded);
    const newest = found !== undefined && (found === stored || unknown.includes(found));
    if (!newest) stale.push(idOf(session));
  });
  return stale;
}

async function countHandedOut({ catalog }: OpenSubject): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { id } of catalog.sessions()) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

async function misfoundSessions({ storage }: OpenSubject, numbers: readonly number[]) {
  const misfound: string[] = [];
  // The SQL storages have no index by shop, so each of these goes through the table.
  await forEach(numbers.slice(0, 1_000), async (session) => {
    const found = (await storage.findSessionsByShop?.(shopOf(session))) ?? [];
    if (found.length !== 1 || found[0]?.id !== idOf(session)) misfound.push(idOf(session));
  });
  return misfound;
}

/** Answers whole seconds since it was made or last asked. */
function stopwatch(): () => number {
  let start = performance.now();
  return () => {
    const end = performance.now();
    const seconds = Math.round((end - start) / 1_000);
    start = end;
    return seconds;
  };
}

const randomKey = () => randomBytes(32).toString('base64url');

/** Sixteen at a time. */
async function forEach<T>(items: readonly T[], use: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const work = async () => {
    for (const item of rest) await use(item);
  };
  await Promise.all(Array.from({ length: 16 }, work));
}
