// status: what is stored under which key, and whether anything is wrong. Writes nothing.
import {
  Keyring,
  type ReencryptionReport,
  RunIncompleteError,
  reencryptSessions,
  type SessionEncryptionMode,
  sealedTokenLength,
} from '../../index.js';
import { openCatalog, storeOptions } from '../catalog-option.js';
import { type Arguments, type Command, concurrencyOf } from '../command.js';
import { countSessions } from '../count-sessions.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { listenForInterruption } from '../interruption.js';
import { modeOf } from '../mode-option.js';
import { Progress } from '../progress.js';
import { describeCounts, describeStore, reportForMachines } from '../reencryption-text.js';
import type { Terminal } from '../terminal.js';

export const status: Command = {
  name: 'status',
  summary: 'counts sessions by key, plaintext and unreadable; says which keys can go',
  usage: '(--store URL | --catalog MODULE) [options]',
  description: [
    'Opens every session and writes nothing. Exits with 1 if a session is unreadable, a token is',
    'plaintext (unless the mode is rollback), or the store has a warning.',
  ],
  options: {
    ...storeOptions(),
    mode: { value: 'MODE', help: ['The mode of the app, if not in SESSION_ENCRYPTION_MODE.'] },
    'user-info': { help: ['Counts plaintext names and emails of users as well.'] },
    concurrency: { value: 'N', help: ['Sessions in hand at once, 1 to 1000. Default: 16.'] },
    json: { help: ['Writes the report as JSON.'] },
  },
  examples: [
    'status --store redis://localhost:6379',
    'status --catalog ./session-catalog.mjs --json',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const mode = modeOf(given);
  const concurrency = concurrencyOf(given);
  const keyring = Keyring.fromEnv();
  const interruption = listenForInterruption(terminal);
  const { signal } = interruption;
  const { name, catalog } = await openCatalog(given);
  const warnings = (await catalog.warnings?.(sealedTokenLength(keyring))) ?? [];
  const total = await countSessions(catalog, terminal, signal);
  const progress = new Progress(terminal, 'Looking', total);
  const report = await reencryptSessions(catalog, {
    keyring,
    concurrency,
    userInfo: given.flag('user-info'),
    dryRun: true,
    signal,
    onProgress: ({ scanned }) => progress.update(scanned),
  })
    // Nothing was begun that could be continued: what failed is all there is to say.
    .catch((error: unknown) => {
      throw error instanceof RunIncompleteError ? error.cause : error;
    })
    .finally(() => progress.end());
  const atomic = catalog.atomic !== false;
  if (given.flag('json')) {
    const { reencrypted: _, conflicts: __, ...state } = reportForMachines(report, keyring);
    terminal.reportJson({ store: name, atomic, ...state, mode, warnings });
  } else {
    print(terminal, name, atomic, report, keyring, [
      ...adviceFor(mode, report),
      ...warnings.map((warning) => `Warning: ${warning}`),
    ]);
  }
  if (report.aborted) return interruption.exitCode ?? exitCodes.interrupted;
  const plaintext = mode === 'rollback' ? 0 : report.plaintext;
  const findings = report.unreadable + plaintext + warnings.length;
  return findings > 0 ? exitCodes.finding : exitCodes.done;
}

function print(
  terminal: Terminal,
  name: string,
  atomic: boolean,
  report: ReencryptionReport,
  keyring: Keyring,
  advice: readonly string[],
): void {
  const swap = atomic
    ? 'compares and swaps across processes'
    : 'not atomic: it compares and swaps within one process only';
  terminal.report(
    `Store: ${name} (${swap})`,
    ...describeCounts([
      [
        'Sessions',
        report.scanned,
        report.aborted ? '(ended before all were looked at)' : undefined,
      ],
      ['On the primary key, or without tokens', report.current],
      ['On other keys', report.reencrypted, report.reencrypted > 0 ? '(rotate)' : undefined],
      ['With plaintext tokens', report.plaintext],
      ['Unreadable', report.unreadable],
    ]),
    ...describeStore(report, keyring),
    ...advice,
  );
}

/** What to do about plaintext; in mode rollback it is what is wanted. */
function adviceFor(mode: SessionEncryptionMode, { plaintext }: ReencryptionReport): string[] {
  return plaintext > 0 && mode !== 'rollback'
    ? ['Seal plaintext tokens: rotate --mode migrate.']
    : [];
}
