// The report of copy, for people.
import type { CopyReport, CopyVerification } from '../index.js';
import { formatCount } from './printable.js';
import { type Count, describeCounts } from './reencryption-text.js';

/** How many ids are printed; --json has more. */
const shownAtMost = 20;

/** Whether something is not in the destination as it is in the source. */
export function copyHasFindings({
  different,
  refused,
  unresolved,
  verification,
}: CopyReport): boolean {
  const lacking = (verification?.missing ?? 0) + (verification?.different ?? 0);
  return different + refused + unresolved + lacking > 0;
}

export function describeCopy(report: CopyReport, update: boolean): string[] {
  const { dryRun, aborted, verification } = report;
  const counts: Count[] = [
    ['Looked at', report.scanned, aborted ? '(ended before the end)' : undefined],
    [dryRun ? 'Would be copied' : 'Copied', report.copied],
    [dryRun ? 'Would be replaced' : 'Replaced', report.updated],
    ['There already', report.same],
    ['There in another version', report.different, report.different > 0 ? '(left)' : undefined],
    ['Refused', report.refused],
    ['Unresolved', report.unresolved, report.unresolved > 0 ? '(run it again)' : undefined],
  ];
  return [
    ...describeCounts(counts),
    ...list('There in another version (--update replaces them)', report.differentSessions),
    ...list(
      'Refused',
      report.refusedSessions.map(({ code, message }) => `${code}: ${message}`),
    ),
    ...(report.plaintext > 0
      ? [
          `${formatCount(report.plaintext)} sessions hold a plaintext token, and were taken as they are.` +
            ' Seal them in the new store: rotate --mode migrate.',
        ]
      : []),
    ...(verification === undefined ? [] : describeVerification(verification, update)),
  ];
}

function describeVerification(found: CopyVerification, update: boolean): string[] {
  const { source, destination, same, different, missing, expired } = found;
  const verdict =
    missing + different === 0
      ? 'Verified: every session of the source is in the destination.'
      : `NOT all there: run it again${different > 0 && !update ? ', with --update if the source is to win' : ''}.`;
  return [
    'Counted afterwards:',
    ...describeCounts([
      ['  In the source', source],
      ['  In the destination', destination],
      ['  In both, the same', same],
      ['  In both, in different versions', different],
      ['  Missing in the destination', missing],
      ['  Missing because they have expired', expired],
    ]),
    verdict,
  ];
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - shownAtMost;
  return [
    `${title}:`,
    ...items.slice(0, shownAtMost).map((item) => `  ${item}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more; --json names 100`] : []),
  ];
}
