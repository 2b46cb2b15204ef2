// status: what is stored under which key, and whether anything is wrong. Writes nothing.

import {
  type ReencryptionReport,
  reencryptSessions,
  type SessionEncryptionMode,
  sealedTokenLength,
} from '../../index.js';
import { assertStoreNamed, describeStore, openCatalog, storeOptions } from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import type { ExitCode } from '../exit-codes.js';
import { ageFinding, keyringOf, keyringOption, maxAgeOption } from '../keyring-option.js';
import { liveRun, liveRunOptions } from '../live-run.js';
import { modeOf } from '../mode-option.js';
import { wholeNumberOf } from '../number-option.js';
import {
  describeOutcomes,
  describeSealing,
  describeStored,
  hasFindings,
} from '../reencryption-text.js';
import { estimateOf, storePartOf, storePartOptions } from '../store-part.js';
import type { Terminal } from '../terminal.js';

export const status: Command = {
  name: 'status',
  summary: 'counts sessions by key, plaintext and unreadable; says which keys nothing needs',
  usage: '(--store URL | --catalog MODULE) [options]',
  description: [
    'Opens every session and writes nothing; counts what rotate would do in the same mode. Exits with',
    '1 if a session is unreadable, or would not fit its column once sealed, a token is plaintext (unless the mode is',
    'rollback), the store has a warning, or there is no session; with 2 if there is not even a table of sessions.',
  ],
  options: {
    ...storeOptions(),
    ...keyringOption,
    ...maxAgeOption,
    'expect-primary': {
      help: [
        'A session that is not on the primary key, such as a plaintext one in any mode, is a finding: a gate',
        'for a pipeline.',
      ],
    },
    mode: { value: 'MODE', help: ['The mode of the app, if not in SESSION_ENCRYPTION_MODE.'] },
    'user-info': { help: ['Counts plaintext user info as well.'] },
    ...storePartOptions,
    ...liveRunOptions,
  },
  examples: [
    'status --store redis://localhost:6379',
    'status --catalog ./session-catalog.mjs --json',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  assertStoreNamed(given);
  const mode = modeOf(given);
  const part = storePartOf(given);
  const batchSize = wholeNumberOf(given, 'batch-size', 10_000);
  const keyring = await keyringOf(given);
  const tooOld = ageFinding(given, keyring);
  const named = await openCatalog(given);
  const { name, place, others, catalog } = named;
  const warnings = (await catalog.warnings?.(sealedTokenLength(keyring))) ?? [];
  const isEmptyAllowed = given.flag('allow-empty');
  const atomic = catalog.atomic !== false;
  const label = 'Looking';
  const isOffPrimary = (report: ReencryptionReport) =>
    given.flag('expect-primary') && !isAllOnPrimary(report, keyring.primary);
  return liveRun(given, terminal, {
    head: { store: name, place, otherPlaces: others, atomic, warnings },
    label,
    total: await estimateOf(catalog, part),
    run: ({ signal, onFinding, onProgress }) =>
      reencryptSessions(catalog, {
        keyring,
        mode,
        userInfo: given.flag('user-info'),
        batchSize,
        ...part,
        sessionsElsewhere: others.length > 0,
        dryRun: true,
        signal,
        onProgress: ({ scanned }) => onProgress(label, scanned),
        onFinding,
      }),
    describe: (report) => [
      `Store: ${describeStore(named)} (${atomic ? 'compares and swaps across processes' : 'not atomic: it compares and swaps within one process only'})`,
      ...describeOutcomes(report, [['Now with plaintext', report.before.plaintext]]),
      ...describeStored(report, others),
      ...(holdsUnwantedPlaintext(mode, report)
        ? [describeSealing(report, given.flag('user-info') ? ' --user-info' : '')]
        : []),
      ...warnings.map(({ message }) => `Warning: ${message}`),
      ...(tooOld === undefined ? [] : [tooOld]),
      ...(isOffPrimary(report) ? ['Not all is on the primary key (--expect-primary).'] : []),
    ],
    moreJson: (report) => ({
      ageFinding: tooOld,
      // What was not seen may be on another key.
      ...(given.flag('expect-primary') &&
        (isOffPrimary(report) || report.unseen.length === 0) && {
          allOnPrimary: !isOffPrimary(report),
        }),
    }),
    hasFindings: (report) =>
      hasFindings(report) ||
      report.tooShortColumns.length > 0 ||
      warnings.some(({ code }) => !isEmptyAllowed || code !== 'NO_TABLE') ||
      tooOld !== undefined ||
      isOffPrimary(report) ||
      holdsUnwantedPlaintext(mode, report),
  });
}

/** Of what is plaintext, or cannot be read, it is not so, whatever the mode wants. */
function isAllOnPrimary(
  { keys, before, unreadable }: ReencryptionReport,
  primary: string,
): boolean {
  const isElsewhere = keys.some(({ kid, sessions }) => kid !== primary && sessions > 0);
  return !isElsewhere && before.plaintext + unreadable === 0;
}

/** In mode rollback plaintext is what is wanted. */
function holdsUnwantedPlaintext(
  mode: SessionEncryptionMode,
  { before }: ReencryptionReport,
): boolean {
  return mode !== 'rollback' && before.plaintext > 0;
}
