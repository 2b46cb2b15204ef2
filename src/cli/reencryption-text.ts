// The report of status and rotate, for people and for machines.
import type { Keyring, ReencryptionReport } from '../index.js';
import { describeKeys, describeRemoval, keyUsages } from './key-usage.js';
import { formatCount } from './printable.js';

/** How many unreadable sessions are printed; --json has more. */
const shownAtMost = 20;

/** Whether something is wrong with what is stored. */
export function hasFindings(report: ReencryptionReport): boolean {
  const plaintext = report.mode === 'strict' ? report.plaintext : 0;
  return report.unreadable > 0 || report.unresolved > 0 || plaintext > 0;
}

/** A label, its number, and a note. */
export type Count = readonly [label: string, count: number, note?: string | undefined];

/** Counts as lines, in columns. */
export function describeCounts(counts: readonly Count[]): string[] {
  const labelWidth = Math.max(...counts.map(([label]) => label.length));
  const numberWidth = Math.max(...counts.map(([, count]) => formatCount(count).length));
  return counts.map(([label, count, note]) => {
    const number = formatCount(count).padStart(numberWidth);
    return `${label.padEnd(labelWidth)}  ${number}${note === undefined ? '' : `  ${note}`}`;
  });
}

/** What follows the counts: keys, what can be removed, what is unreadable. */
export function describeStore(report: ReencryptionReport, keyring: Keyring): string[] {
  const usages = keyUsages(keyring, report);
  return [
    'Keys:',
    ...describeKeys(usages, report),
    ...describeRemoval(usages, report),
    ...describeUnreadable(report),
  ];
}

/** The report for machines. */
export function reportForMachines(report: ReencryptionReport, keyring: Keyring) {
  return { ...report, keys: keyUsages(keyring, report) };
}

function describeUnreadable({ unreadable, unreadableSessions }: ReencryptionReport): string[] {
  if (unreadable === 0) return [];
  const shown = unreadableSessions.slice(0, shownAtMost);
  const more = unreadable - shown.length;
  return [
    'Unreadable sessions, left as they are:',
    ...shown.map((session) => `  ${session.code}: ${session.message}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
  ];
}
