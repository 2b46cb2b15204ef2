// The report of copy, for people.
import type { CopyReport, CopyVerification } from '../index.js';
import { type Count, describeColumns, describeCounts, describeList } from './counts-text.js';
import { describeMessages } from './equal-messages.js';
import { formatCount } from './printable.js';
import { describeSealing } from './reencryption-text.js';

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

/** An option of the command, and what is known of the stores. */
interface CopyCircumstances {
  readonly update: boolean;
  /** Whether the source may keep sessions from being seen. */
  readonly areSomeHidden: boolean;
}

export function describeCopy(report: CopyReport, circumstances: CopyCircumstances): string[] {
  const { dryRun, aborted, verification, different, refused } = report;
  const counts: Count[] = [
    ['Looked at', report.scanned, aborted ? '(ended before the end)' : undefined],
    [dryRun ? 'Would be copied' : 'Copied', report.copied],
    [dryRun ? 'Would be replaced' : 'Replaced', report.updated],
    ['There already', report.same],
    ['There in another version', different, different > 0 ? '(left)' : undefined],
    [dryRun ? 'Would be refused' : 'Refused', refused],
    [
      'Unresolved',
      report.unresolved,
      report.unresolved > 0 && !aborted ? '(run it again)' : undefined,
    ],
  ];
  const ids = (outcome: string) => report.findings.filter((finding) => finding.outcome === outcome);
  return [
    ...describeCounts(counts),
    ...(report.scanned === 0 && !aborted
      ? ['No session was found. Make sure that this is the store that the app uses.']
      : []),
    ...describeColumns(report.tooShortColumns),
    ...describeList(
      'There in another version (--update replaces them)',
      ids('different').map(({ sessionId }) => String(sessionId)),
      different,
    ),
    ...describeMessages(
      dryRun ? 'Would be refused' : 'Refused',
      ids('refused').map(({ sessionId, code, message = '' }) => ({ sessionId, code, message })),
      refused,
      report.furtherFindings,
    ),
    ...describePlaintext(report),
    ...(verification === undefined
      ? []
      : describeVerification(verification, circumstances, refused)),
    ...describeNothingCopied(report),
  ];
}

/** A store that is copied onto itself looks the same, where its two names do not show that it is one. */
function describeNothingCopied({ scanned, same, aborted, dryRun }: CopyReport): string[] {
  if (aborted || scanned === 0 || same < scanned) return [];
  return [
    `Nothing ${dryRun ? 'would be' : 'was'} copied: all sessions were there already. See that the destination is another store.`,
  ];
}

function describePlaintext(report: CopyReport): string[] {
  const { plaintext, dryRun } = report;
  if (plaintext === 0) return [];
  const [hold, were, asTheyAre] =
    plaintext === 1
      ? (['session holds', 'was', 'as it is'] as const)
      : (['sessions hold', 'were', 'as they are'] as const);
  return [
    `${formatCount(plaintext)} ${hold} a plaintext token, and ${dryRun ? 'would be' : were} taken ${asTheyAre}.`,
    describeSealing(report, ' on the new store'),
  ];
}

function describeVerification(
  found: CopyVerification,
  { update, areSomeHidden }: CopyCircumstances,
  refused: number,
): string[] {
  const { source, destination, same, different, missing, expired } = found;
  const verdict =
    missing + different === 0
      ? areSomeHidden
        ? 'Every session that this user sees in the source is in the destination. Others may be hidden from it (see the warning).'
        : 'Verified: every session of the source is in the destination.'
      : `NOT all there: ${refused > 0 ? 'mend what is refused, then ' : ''}run it again${different > 0 && !update ? ', with --update if the source is to win' : ''}.`;
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
