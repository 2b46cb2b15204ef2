// Which keys are in use, which can be removed, and what blocks the others.
import type { Keyring, ReencryptionReport } from '../index.js';
import { formatCount } from './printable.js';

/** One key, of the ring or named by a stored session. */
export interface KeyUsage {
  readonly kid: string;
  readonly inKeyRing: boolean;
  readonly primary: boolean;
  readonly fingerprint: string | undefined;
  /** Sessions that hold something sealed with it. */
  readonly sessions: number;
  readonly removable: boolean;
}

/** Every key of the ring, the primary first, then keys that sessions name and the ring lacks. */
export function keyUsages(keyring: Keyring, report: ReencryptionReport): KeyUsage[] {
  const { kids, primary } = keyring;
  // An empty store may be the wrong one: another database, another namespace.
  const complete = !report.aborted && report.unresolved === 0 && report.scanned > 0;
  const missing = Object.keys(report.byKid).filter((kid) => !kids.includes(kid));
  return [...kids, ...missing].map((kid) => {
    const inKeyRing = kids.includes(kid);
    const sessions = report.byKid[kid] ?? 0;
    return {
      kid,
      inKeyRing,
      primary: kid === primary,
      fingerprint: inKeyRing ? keyring.fingerprint(kid) : undefined,
      sessions,
      removable: inKeyRing && kid !== primary && sessions === 0 && complete,
    };
  });
}

/** A line for each key. */
export function describeKeys(usages: readonly KeyUsage[], report: ReencryptionReport): string[] {
  const width = Math.max(...usages.map(({ kid }) => kid.length));
  return usages.map((usage) => {
    const { kid, fingerprint = '', sessions } = usage;
    const count = `${formatCount(sessions)} ${sessions === 1 ? 'session' : 'sessions'}`;
    return `  ${kid.padEnd(width)}  ${fingerprint.padEnd(12)}  ${count}: ${standing(usage, report)}`;
  });
}

/** What is to be done about what the keys are still needed for. */
export function describeRemoval(usages: readonly KeyUsage[], report: ReencryptionReport): string[] {
  if (report.mode === 'rollback') {
    return ['Keep the keys until no instance of the app, and no backup, holds a sealed token.'];
  }
  const removable = usages.filter((usage) => usage.removable).map(({ kid }) => kid);
  if (removable.length > 0) {
    return [
      `Remove from the ring: ${removable.join(', ')}. First make sure that every instance of the app has ` +
        `${report.primary} as its first key, and that no backup you may restore needs the old ones.`,
    ];
  }
  if (report.scanned === 0 && !report.aborted) {
    return [
      'No session was found. Make sure that this is the store that the app uses (its database, its ' +
        'namespace or prefix) before you remove any key.',
    ];
  }
  if (report.aborted || report.unresolved > 0) {
    return ['Which keys can be removed is known after a complete run.'];
  }
  return [];
}

function standing(usage: KeyUsage, report: ReencryptionReport): string {
  const { kid, inKeyRing, primary, sessions, removable } = usage;
  if (!inKeyRing) return 'not in the ring; add it back, or delete the sessions that need it';
  if (primary) return 'primary, seals';
  if (removable) return 'can be removed';
  if (sessions === 0) return 'not needed by what was looked at';
  const unreadable = report.unreadableSessions.some((session) => session.kid === kid);
  const blockers = unreadable ? ', some of which are unreadable: see below' : '';
  return `cannot be removed: re-encrypt these sessions first (rotate)${blockers}`;
}
