// Which keys are in use, and which can be removed: the one place that decides it.
import type { Keyring } from '../key-ring/index.js';
import type { SessionEncryptionMode } from '../session-fields/index.js';
import type { KeyState, KeyUsage, StoredCounts, Unseen } from './reencryption-report.js';

/** What a run has shown. */
export interface KeyEvidence {
  readonly mode: SessionEncryptionMode;
  readonly dryRun: boolean;
  readonly before: StoredCounts;
  /** As the run left the sessions. */
  readonly after: StoredCounts;
  readonly unseen: readonly Unseen[];
  /** The keys that opened something. */
  readonly provenKids: ReadonlySet<string>;
}

/** Every key of the key ring, the primary first, then keys that sessions name and it lacks. */
export function keyUsages(keyring: Keyring, evidence: KeyEvidence): KeyUsage[] {
  const { before, after, dryRun, provenKids } = evidence;
  const { kids, primary } = keyring;
  const stored = dryRun ? before : after;
  const missing = Object.keys(stored.byKid).filter((kid) => !kids.includes(kid));
  return [...kids, ...missing].map((kid) => {
    const isInRing = kids.includes(kid);
    const sessions = stored.byKid[kid] ?? 0;
    return {
      kid,
      state: isInRing ? stateOf(kid, primary, sessions, evidence) : 'missing',
      fingerprint: isInRing ? keyring.fingerprint(kid) : undefined,
      created: isInRing ? keyring.created(kid) : undefined,
      sessions,
      opensNothing: isInRing && (before.byKid[kid] ?? 0) > 0 && !provenKids.has(kid),
    };
  });
}

function stateOf(
  kid: string,
  primary: string,
  sessions: number,
  { mode, dryRun, before, unseen }: KeyEvidence,
): KeyState {
  // In mode rollback nothing seals, and all keys go once nothing needs them.
  if (kid === primary && mode !== 'rollback') return 'primary';
  if (sessions > 0) return 'needed';
  if (unseen.length > 0) return 'unknown';
  const wasEmptied = (before.byKid[kid] ?? 0) > 0;
  return wasEmptied && !dryRun && mode !== 'rollback' ? 'removable' : 'unused';
}
