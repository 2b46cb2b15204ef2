// Generated histories of a store: what is stored in it, and what happens to it while it is
// re-encrypted. And what a scan of the raw store says afterwards, which a report has to agree with.
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  Keyring,
  type ReencryptionReport,
  RunIncompleteError,
  reencryptSessions,
  type SessionCatalog,
  type SessionLike,
  StoreUnavailableError,
} from '../../src/index.js';
import { generateKey } from '../../src/key-ring/index.js';
import { sealToken } from '../../src/sealed-token/index.js';

/** The keys of every history. `lost` is in no key ring; `production-2026-12` makes tokens longer. */
const keys = Object.fromEntries(
  ['a', 'production-2026-12', 'lost'].map((kid) => [kid, generateKey({ kid }).text]),
);
const rings = [
  ['production-2026-12', 'a'],
  ['a', 'production-2026-12'],
] as const;

/** What one token field holds. */
const content = fc.record({
  kind: fc.constantFrom('absent', 'plaintext', 'sealed', 'sealed', 'sealed', 'cut', 'garbled'),
  kid: fc.constantFrom('a', 'a', 'production-2026-12', 'lost'),
  // Sealed with the longer key id, 90 characters are more than the 255 that official tables hold.
  long: fc.boolean(),
  genuine: fc.boolean(),
});
type Content = typeof content extends fc.Arbitrary<infer T> ? T : never;

const stored = fc.record({ accessToken: content, refreshToken: content });
type Stored = typeof stored extends fc.Arbitrary<infer T> ? T : never;

const quietly = { weight: 4, arbitrary: fc.constant({ kind: 'nothing' as const }) };
const interference = fc.oneof(
  quietly,
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('changed' as const),
      times: fc.integer({ min: 1, max: 3 }),
      to: stored,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'deleted' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'failure' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'signal' as const }) },
);
type Interference = typeof interference extends fc.Arbitrary<infer T> ? T : never;

export const history = fc.record({
  sessions: fc.array(fc.record({ stored, interference }), { minLength: 0, maxLength: 7 }),
  mode: fc.constantFrom('strict' as const, 'migrate' as const, 'rollback' as const),
  ring: fc.constantFrom(...rings),
  batchSize: fc.integer({ min: 1, max: 4 }),
  canLoad: fc.boolean(),
  canBatch: fc.boolean(),
  /** Nobody else writes, nothing fails: then a dry run has to say the same. */
  quiet: fc.boolean(),
});
export type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

/** The store of one history, empty at the start. */
export interface HistoryStore {
  readonly catalog: SessionCatalog<SessionLike>;
  /** Stores a session as it is. */
  put(session: RawSession): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface RawSession extends SessionLike {
  readonly id: string;
  shop: string;
  state: string;
  accessToken?: string;
  refreshToken?: string;
}

/** What is known of a value that was put into the store. */
interface Known {
  readonly kind: Content['kind'];
  readonly kid: string | undefined;
}

/** Plays a history, and holds the reports against the raw store. */
export async function playHistory(store: HistoryStore, played: History): Promise<void> {
  const { sessions, mode, quiet } = played;
  const known = new Map<string, Known>();
  const interferences = new Map<string, Interference>();
  for (const [n, { stored, interference }] of sessions.entries()) {
    const session = await rawSession(n, stored, known);
    await store.put(session);
    if (!quiet) interferences.set(session.id, interference);
  }
  const keyring = Keyring.parse(played.ring.map((kid) => keys[kid]).join());
  const controller = new AbortController();
  const options = {
    keyring,
    mode,
    batchSize: played.batchSize,
    signal: controller.signal,
    allowNonAtomic: true,
  };
  const before = await scan(store, known, keyring);
  const dry = await reencryptSessions(store.catalog, { ...options, dryRun: true });
  expect(await scan(store, known, keyring)).toEqual(before);

  const catalog = interfered(store, played, interferences, known, controller);
  const report = await reencryptSessions(catalog, options).catch((error: unknown) => {
    if (error instanceof RunIncompleteError) return error.report as ReencryptionReport;
    throw error;
  });

  const after = await scan(store, known, keyring);
  expectToAgree(dry, before);
  expectToAgree(report, after);
  if (quiet) expect(predictions(dry)).toEqual(predictions(report));
}

/** All of a report that a dry run has to say as well. */
export function predictions({ dryRun, keys, findings, ...report }: ReencryptionReport): object {
  const named = findings.map((finding) => JSON.stringify(finding)).sort();
  return { ...report, byKid: { ...report.byKid }, findings: named };
}

/** What is stored, by the raw values. */
interface Scan {
  readonly sessions: number;
  readonly plaintext: number;
  readonly unreadable: number;
  readonly byKid: Readonly<Record<string, number>>;
  /** Readable sessions that hold something under another key than the primary. */
  readonly onOtherKeys: number;
  /** Readable sessions that hold plaintext or something under another key. */
  readonly notSealed: number;
  readonly sealed: number;
}

async function scan(store: HistoryStore, known: Map<string, Known>, keyring: Keyring) {
  const found = {
    sessions: 0,
    plaintext: 0,
    unreadable: 0,
    onOtherKeys: 0,
    notSealed: 0,
    sealed: 0,
  };
  const byKid: Record<string, number> = {};
  for await (const session of store.catalog.sessions()) {
    const { accessToken, refreshToken } = session as RawSession;
    const values = [accessToken, refreshToken].flatMap((value) => (value ? [value] : []));
    const fields = values.map((value) => known.get(value) ?? writtenByUs(value));
    const kids = new Set(fields.flatMap(({ kid }) => kid ?? []));
    const holdsPlaintext = fields.some(({ kind }) => kind === 'plaintext');
    const isReadable = fields.every(
      ({ kind, kid }) =>
        kind === 'plaintext' || (kind === 'sealed' && keyring.kids.includes(kid ?? '')),
    );
    const isElsewhere = [...kids].some((kid) => kid !== keyring.primary);
    found.sessions++;
    if (holdsPlaintext) found.plaintext++;
    if (!isReadable) found.unreadable++;
    if (isReadable && isElsewhere) found.onOtherKeys++;
    if (isReadable && (isElsewhere || holdsPlaintext)) found.notSealed++;
    if (isReadable && kids.size > 0) found.sealed++;
    for (const kid of kids) byKid[kid] = (byKid[kid] ?? 0) + 1;
  }
  return { ...found, byKid };
}

/** A report on a store, and a scan of it: in a dry run of before, else of after. */
function expectToAgree(report: ReencryptionReport, found: Scan): void {
  const { mode, dryRun, unseen, unresolved } = report;
  const { reencrypted, current, leftPlaintext, unreadable, doesNotFit, refused, gone } = report;
  const left = leftPlaintext + unreadable + doesNotFit + refused + unresolved + gone;
  expect(reencrypted + current + left).toBe(report.scanned);
  for (const { kid, state } of report.keys) {
    if (state === 'removable' || state === 'unused') expect(found.byKid[kid] ?? 0).toBe(0);
    if (state === 'removable') expect({ dryRun, mode }).not.toEqual({ dryRun, mode: 'rollback' });
  }
  if (dryRun) {
    expect(report.keys.filter(({ state }) => state === 'removable')).toEqual([]);
    expect(counts(report.before)).toEqual(counts(found));
    return;
  }
  const wasAllSeen = !unseen.includes('ended early') && unresolved === 0;
  if (!wasAllSeen) return;
  expect(report.scanned - gone).toBe(found.sessions);
  expect(counts(report)).toEqual(counts(found));
  expect(unreadable).toBe(found.unreadable);
  const shouldHaveChanged = {
    strict: found.onOtherKeys,
    migrate: found.notSealed,
    rollback: found.sealed,
  };
  expect(doesNotFit).toBe(shouldHaveChanged[mode]);
  if (doesNotFit > 0) expect(report.tooShortColumns).not.toEqual([]);
}

function counts({
  plaintext,
  byKid,
}: {
  plaintext: number;
  byKid: Readonly<Record<string, number>>;
}) {
  return { plaintext, byKid: { ...byKid } };
}

function writtenByUs(value: string): Known {
  if (!value.startsWith('eyJ')) return { kind: 'plaintext', kid: undefined };
  const header = JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString());
  return { kind: 'sealed', kid: header.kid };
}

let serial = 0;

async function rawSession(n: number, stored: Stored, known: Map<string, Known>) {
  const shop = `shop-${n}.myshopify.com`;
  const session: RawSession = { id: `offline_${shop}`, shop, state: 'state', isOnline: false };
  for (const field of ['accessToken', 'refreshToken'] as const) {
    const { kind, kid, long, genuine } = stored[field];
    if (kind === 'absent') continue;
    const prefix = genuine ? 'shpat_' : 'token-';
    const token = `${prefix}${serial++}`.padEnd(long && field === 'refreshToken' ? 90 : 38, 'x');
    const ring = Keyring.parse(String(keys[kid]));
    const place = { sessionId: session.id, shop, field };
    // What is damaged was sealed with the short key id, so that it fits.
    const { sealedToken } = await sealToken(ring, token, place);
    // A token that is cut short still names its key.
    const shown = { kind, kid: kind === 'sealed' || kind === 'cut' ? kid : undefined };
    const value = {
      plaintext: token,
      sealed: sealedToken.length > 255 ? token : sealedToken,
      cut: sealedToken.slice(0, 150),
      garbled: `eyJhbGciOiJkaXIi${serial}${'!'.repeat(40)}`,
    }[kind];
    if (kind === 'sealed' && sealedToken.length > 255)
      known.set(value, { kind: 'plaintext', kid: undefined });
    else known.set(value, shown);
    session[field] = value;
  }
  return session;
}

/** The catalog, while others write to the store and things go wrong just before our writes. */
function interfered(
  store: HistoryStore,
  { canLoad, canBatch }: History,
  interferences: Map<string, Interference>,
  known: Map<string, Known>,
  controller: AbortController,
): SessionCatalog<SessionLike> {
  const { catalog } = store;
  const meet = async (id: string) => {
    const interference = interferences.get(id);
    if (interference === undefined) return;
    interferences.delete(id);
    switch (interference.kind) {
      case 'changed': {
        const number = Number(/shop-(\d+)/.exec(id)?.[1]);
        await store.put(await rawSession(number, interference.to, known));
        if (interference.times > 1) {
          interferences.set(id, { ...interference, times: interference.times - 1 });
        }
        return;
      }
      case 'deleted':
        return store.remove(id);
      case 'failure':
        throw new StoreUnavailableError('The store does not answer.');
      case 'signal':
        controller.abort();
        return;
      default:
    }
  };
  const { loadSession, replaceSessions, misfits } = catalog;
  return {
    sessions: () => catalog.sessions(),
    async replaceSession(current, next) {
      await meet(next.id);
      return catalog.replaceSession(current, next);
    },
    ...(canLoad && loadSession && { loadSession: (id) => loadSession.call(catalog, id) }),
    ...(canBatch &&
      replaceSessions && {
        async replaceSessions(changes) {
          for (const { next } of changes) await meet(next.id);
          return replaceSessions.call(catalog, changes);
        },
      }),
    ...(misfits && { misfits: (sessions) => misfits.call(catalog, sessions) }),
    ...(catalog.atomic !== undefined && { atomic: catalog.atomic }),
  };
}
