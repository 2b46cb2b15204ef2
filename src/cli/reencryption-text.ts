// The report of status and rotate, for people.
import type { ReencryptionReport, SessionFinding } from '../index.js';
import { type Count, describeColumns, describeCounts, describeList } from './counts-text.js';
import { describeMessages } from './equal-messages.js';
import { describeKeys, describeMismatches, describeRemoval } from './key-advice.js';
import { formatCount } from './printable.js';

/** Whether something is wrong with what is stored. */
export function hasFindings(report: ReencryptionReport): boolean {
  const { mode, unseen, tooShortColumns } = report;
  const plaintext = mode === 'rollback' ? 0 : report.plaintext;
  return (
    report.unreadable + report.doesNotFit + report.refused + report.unresolved + plaintext > 0 ||
    // On the way out nothing is sealed any more.
    (tooShortColumns.length > 0 && mode !== 'rollback') ||
    unseen.includes('key ring changed') ||
    unseen.includes('hidden sessions')
  );
}

/** How each session was left, or would be; `more` are counts to add. */
export function describeOutcomes(
  report: ReencryptionReport,
  more: readonly Count[] = [],
): string[] {
  const { dryRun, aborted, mode, gone, conflicts, unresolved, doesNotFit, refused } = report;
  const label = mode === 'rollback' ? 'stored as plaintext' : 're-sealed';
  const counts: Count[] = [
    ['Sessions', report.scanned, aborted ? '(ended before all were looked at)' : undefined],
    [dryRun ? `Would be ${label}` : sentence(label), report.reencrypted],
    ...(mode === 'migrate'
      ? [['  of them from plaintext', report.sealedFromPlaintext] as const]
      : []),
    ['As they should be', report.current],
    [dryRun ? 'Would stay plaintext' : 'Left plaintext', report.leftPlaintext],
    ['Unreadable', report.unreadable],
    // What is opened gets shorter; a column that sealing will need is named below.
    ...(mode === 'rollback' && doesNotFit === 0
      ? []
      : [['Do not fit their column', doesNotFit] as const]),
    ...(refused === 0 ? [] : [['Refused by the store', refused] as const]),
    ...(dryRun
      ? []
      : [
          ['Changed since they were read', conflicts, '(looked at again)'] as const,
          ['Deleted by others', gone] as const,
        ]),
    ['Unresolved', unresolved, unresolved > 0 && !aborted ? '(run it again)' : undefined],
    ...more,
  ];
  return describeCounts(counts);
}

/** What follows the counts: keys, which can be removed, and what somebody has to look at. */
export function describeStored(report: ReencryptionReport, others: readonly string[]): string[] {
  return [
    'Keys:',
    ...describeKeys(report),
    ...describeMismatches(report),
    ...describeRemoval(report, others),
    ...describeColumns(report.tooShortColumns),
    ...describeNextStage(report),
    ...describePlaintext(report),
    ...describeFindings(report),
  ];
}

/** In mode rollback, where a team that adopts encryption begins, and one that backs out ends. */
function describeNextStage(report: ReencryptionReport): string[] {
  const { mode, before, scanned, unseen, unreadable, tooShortColumns } = report;
  if (mode !== 'rollback' || scanned === 0) return [];
  const isSealed = Object.values(before.byKid).some((sessions) => sessions > 0);
  if (isSealed) {
    return tooShortColumns.length === 0
      ? []
      : [
          `Widen ${tooShortColumns.length === 1 ? 'it' : 'them'} before the app seals. On the way out it does not matter.`,
        ];
  }
  // What was not seen, or could not be read, may be sealed.
  if (unseen.length > 0 || unreadable > 0) return [];
  return [
    `Nothing was sealed: there is nothing to open. To adopt encryption, ${widenFirst(report)}set ` +
      'SESSION_ENCRYPTION_MODE=migrate on every instance next. To back out, deploy without the wrapper.',
  ];
}

type Widths = Pick<ReencryptionReport, 'tooShortColumns'>;

const widenFirst = ({ tooShortColumns }: Widths) =>
  tooShortColumns.length === 0 ? '' : 'widen what is too short, then ';

/**
 * What to do about plaintext that is stored.
 *
 * @param options Those of the command that the sealing needs as well.
 */
export function describeSealing(report: Widths, options: string): string {
  return (
    `If you are adopting encryption, ${widenFirst(report)}seal plaintext once every ` +
    `instance has SESSION_ENCRYPTION_MODE=migrate: rotate --mode migrate${options}. ` +
    'Else find out who stored it.'
  );
}

function describePlaintext(report: ReencryptionReport): string[] {
  const { dryRun, sealedFromPlaintext, unlikeTokens, findings } = report;
  if (sealedFromPlaintext === 0) return [];
  const shown = findings.filter(({ outcome }) => outcome === 'sealed from plaintext');
  const were = dryRun ? 'would be' : 'were';
  return [
    ...describeList(
      `Plaintext tokens that ${were} sealed, and are genuine to the app from then on`,
      shown.map(({ sessionId, looksLikeToken }) =>
        looksLikeToken === true ? `${sessionId}` : `${sessionId}: not like a token of Shopify`,
      ),
      sealedFromPlaintext,
    ),
    ...(unlikeTokens > 0
      ? [
          `${formatCount(unlikeTokens)} of them ${unlikeTokens === 1 ? 'does' : 'do'} not start as Shopify's tokens do (shpat_, shpca_, shpua_, ` +
            `shppa_, shprt_). Find out who stored that. ${ofAnotherEncryption(dryRun)}`,
        ]
      : []),
  ];
}

/** What was sealed as it stands, because nothing opened it first. */
function ofAnotherEncryption(dryRun: boolean): string {
  return dryRun
    ? 'If another encryption did, add --legacy, which opens it: else its ciphertext is sealed as if it were the token.'
    : 'If another encryption did, its ciphertext is sealed now as if it were the token. Go back, without --legacy: ' +
        'rotate --mode rollback --yes-write-plaintext; then seal what it opens: rotate --mode migrate --legacy MODULE.';
}

/** Sessions sealed from plaintext have a list of their own. */
type LeftOutcome = Exclude<SessionFinding['outcome'], 'sealed from plaintext'>;

const titles: Readonly<Record<LeftOutcome, string>> = {
  unreadable: 'Unreadable sessions, left as they are',
  'does not fit': 'Sessions that do not fit, left as they are',
  refused: 'Sessions that the store does not take, left as they are',
  'left plaintext': 'Sessions with plaintext, left as they are',
  unresolved: 'Unresolved sessions',
};

function describeFindings(report: ReencryptionReport): string[] {
  const totals: Readonly<Record<LeftOutcome, number>> = {
    unreadable: report.unreadable,
    'does not fit': report.doesNotFit,
    refused: report.refused,
    'left plaintext': report.leftPlaintext,
    unresolved: report.unresolved,
  };
  return (Object.keys(titles) as LeftOutcome[]).flatMap((outcome) => {
    const found = report.findings.filter((finding) => finding.outcome === outcome);
    const messages = found.map(({ code, field, message, sessionId }) =>
      message === undefined ? { sessionId, message: String(field) } : { sessionId, code, message },
    );
    return describeMessages(titles[outcome], messages, totals[outcome], report.furtherFindings);
  });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
