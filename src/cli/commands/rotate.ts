// rotate: brings every session to the primary key, while the app serves.
import {
  Keyring,
  OptionInvalidError,
  type ReencryptionReport,
  RunIncompleteError,
  reencryptSessions,
  type SessionEncryptionMode,
  sealedTokenLength,
} from '../../index.js';
import { openCatalog, storeOptions } from '../catalog-option.js';
import { type Arguments, type Command, concurrencyOf } from '../command.js';
import { countSessions } from '../count-sessions.js';
import { describeError } from '../describe-error.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { listenForInterruption } from '../interruption.js';
import { modeOf } from '../mode-option.js';
import { Progress } from '../progress.js';
import {
  describeCounts,
  describeStore,
  hasFindings,
  reportForMachines,
} from '../reencryption-text.js';
import type { Terminal } from '../terminal.js';

export const rotate: Command = {
  name: 'rotate',
  summary: 'brings every session to the primary key, while the app serves',
  usage: '(--store URL | --catalog MODULE) [options]',
  description: [
    'Seals what older keys have sealed with the primary key, the first of the ring. A session that',
    'the app changes meanwhile is never overwritten, but looked at again. Running it again',
    'continues: what is on the primary key already is skipped.',
  ],
  options: {
    ...storeOptions(),
    mode: {
      value: 'MODE',
      help: [
        'strict    leaves plaintext tokens, and counts them as a finding (default)',
        'migrate   seals plaintext tokens as well',
        'rollback  stores everything as plaintext: the way out',
        'Without it, SESSION_ENCRYPTION_MODE counts, as in the app.',
      ],
    },
    'user-info': { help: ['In mode migrate, also seals plaintext names and emails of users.'] },
    'dry-run': { help: ['Writes nothing, and reports what would be done.'] },
    'yes-write-plaintext': { help: ['Confirms mode rollback.'] },
    concurrency: { value: 'N', help: ['Sessions in hand at once, 1 to 1000. Default: 16.'] },
    'allow-non-atomic': {
      help: [
        'Runs on a store that cannot compare and swap across processes. Stop everything else',
        'that writes to it first.',
      ],
    },
    json: { help: ['Writes the report as JSON.'] },
  },
  examples: [
    'rotate --store redis://localhost:6379 --dry-run',
    'rotate --store env:DATABASE_URL',
    'rotate --catalog ./session-catalog.mjs --mode migrate',
    'rotate --store env:REDIS_URL --mode rollback --yes-write-plaintext',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const mode = modeOf(given);
  const dryRun = given.flag('dry-run');
  if (mode === 'rollback' && !dryRun && !given.flag('yes-write-plaintext')) {
    throw new OptionInvalidError(
      'Mode rollback stores every token as plaintext. To do that, add --yes-write-plaintext.',
    );
  }
  const concurrency = concurrencyOf(given);
  const keyring = Keyring.fromEnv();
  const interruption = listenForInterruption(terminal);
  const { name, catalog } = await openCatalog(given);
  const { signal } = interruption;
  announce(terminal, name, mode, dryRun, keyring);
  const warnings = (await catalog.warnings?.(sealedTokenLength(keyring))) ?? [];
  terminal.say(...warnings.map((warning) => `Warning: ${warning}`));
  const total = await countSessions(catalog, terminal, signal);
  const progress = new Progress(terminal, dryRun ? 'Looking' : 'Re-encrypting', total);
  const finish = (report: ReencryptionReport, error?: unknown) => {
    progress.update(report.scanned);
    progress.end();
    print(given, terminal, name, report, keyring, error);
  };
  try {
    const report = await reencryptSessions(catalog, {
      keyring,
      mode,
      userInfo: given.flag('user-info'),
      concurrency,
      dryRun,
      signal,
      allowNonAtomic: given.flag('allow-non-atomic'),
      onProgress: ({ scanned }) => progress.update(scanned),
    });
    finish(report);
    if (report.aborted) return interruption.exitCode ?? exitCodes.interrupted;
    return hasFindings(report) ? exitCodes.finding : exitCodes.done;
  } catch (error) {
    if (error instanceof RunIncompleteError) finish(error.report as ReencryptionReport, error);
    throw error;
  }
}

const intentions: Readonly<Record<SessionEncryptionMode, string>> = {
  strict: 'Plaintext tokens are counted and left (mode strict).',
  migrate: 'Plaintext tokens are sealed as well (mode migrate).',
  rollback: 'Everything sealed is opened and stored as PLAINTEXT (mode rollback).',
};

function announce(
  terminal: Terminal,
  name: string,
  mode: SessionEncryptionMode,
  dryRun: boolean,
  keyring: Keyring,
): void {
  const keys = keyring.kids.map((kid) => `${kid} (${keyring.fingerprint(kid)})`);
  terminal.say(
    `Store: ${name}`,
    `Key ring: ${keys.join(', ')}; the first is the primary.`,
    ...(mode === 'rollback' ? [] : [`What other keys sealed is sealed with ${keyring.primary}.`]),
    intentions[mode],
    ...(dryRun ? ['This is a dry run: nothing is written.'] : []),
  );
}

function print(
  given: Arguments,
  terminal: Terminal,
  store: string,
  report: ReencryptionReport,
  keyring: Keyring,
  error: unknown,
): void {
  if (given.flag('json')) {
    const failure = error === undefined ? {} : { error: describeError(error).join(' ') };
    terminal.reportJson({ store, ...reportForMachines(report, keyring), ...failure });
    return;
  }
  const { dryRun, aborted } = report;
  terminal.report(
    ...describeCounts([
      ['Looked at', report.scanned, aborted ? '(ended before all were looked at)' : undefined],
      [dryRun ? 'Would be stored anew' : 'Stored anew', report.reencrypted],
      ['As they should be', report.current],
      ['With plaintext tokens', report.plaintext],
      ['Unreadable', report.unreadable],
      ['Changed meanwhile', report.conflicts, '(looked at again)'],
      ['Deleted meanwhile', report.gone],
      ['Unresolved', report.unresolved, report.unresolved > 0 ? '(run it again)' : undefined],
    ]),
    ...describeStore(report, keyring),
  );
}
