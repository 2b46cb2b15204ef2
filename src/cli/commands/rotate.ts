// rotate: brings every session to the primary key, while the app serves.
import { callback } from '../../checked-options.js';
import {
  type Keyring,
  type OpenLegacy,
  OptionInvalidError,
  reencryptSessions,
  type SessionEncryptionMode,
  sealedTokenLength,
} from '../../index.js';
import {
  allowNonAtomicOption,
  assertStoreNamed,
  describeStore,
  openCatalog,
  storeOptions,
} from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import type { ExitCode } from '../exit-codes.js';
import { keyringOf, keyringOption } from '../keyring-option.js';
import { liveRun, liveRunOptions } from '../live-run.js';
import { modeOf } from '../mode-option.js';
import { loadUncalledExport } from '../module-option.js';
import { wholeNumberOf } from '../number-option.js';
import {
  describeOutcomes,
  describeSealing,
  describeStored,
  hasFindings,
} from '../reencryption-text.js';
import { estimateOf, storePartOf, storePartOptions } from '../store-part.js';
import type { Terminal } from '../terminal.js';

export const rotate: Command = {
  name: 'rotate',
  summary: 'brings every session to the primary key, while the app serves',
  usage: '(--store URL | --catalog MODULE) [options]',
  description: [
    'Seals what older keys have sealed with the primary key, the first of the key ring. A session',
    'that the app changes at the same time is never overwritten, but looked at again. Running it',
    'again continues: what is on the primary key already is skipped. Exits with 1 if something is left',
    'that is not as it should be, row level security may hide sessions, or there is no session; with 2 if',
    'there is not even a table of sessions.',
  ],
  options: {
    ...storeOptions(),
    ...keyringOption,
    mode: {
      value: 'MODE',
      help: [
        'strict    leaves plaintext tokens, and counts them as a finding (default)',
        'migrate   seals plaintext tokens too, no matter who stored them: only while adopting',
        'rollback  stores everything as plaintext: the way out',
        'Without it, SESSION_ENCRYPTION_MODE counts, as in the app.',
      ],
    },
    'user-info': { help: ['In mode migrate, also seals plaintext user info.'] },
    legacy: {
      value: 'MODULE',
      help: [
        'In modes migrate and rollback: exports openLegacy, which opens what another encryption',
        'wrote. Plaintext that it does not know is then sealed only if it looks like a token.',
      ],
    },
    'dry-run': {
      help: [
        'Writes nothing, and reports what would be done. What only the database itself refuses, such as',
        'by a constraint, counts as done.',
      ],
    },
    'yes-write-plaintext': { help: ['Confirms mode rollback.'] },
    rate: {
      value: 'N',
      help: [
        'Reads at most so many sessions a second, those that --shop and --shard leave out included.',
        'Default: no limit.',
      ],
    },
    ...storePartOptions,
    ...allowNonAtomicOption,
    ...liveRunOptions,
  },
  examples: [
    'rotate --store redis://localhost:6379 --dry-run',
    'rotate --store env:DATABASE_URL --rate 500',
    'rotate --catalog ./session-catalog.mjs --mode migrate',
    'rotate --store env:REDIS_URL --mode rollback --yes-write-plaintext',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  assertStoreNamed(given);
  const mode = modeOf(given);
  const dryRun = given.flag('dry-run');
  if (mode === 'rollback' && !dryRun && !given.flag('yes-write-plaintext')) {
    throw new OptionInvalidError(
      'Mode rollback opens what is sealed and stores it as plaintext. To back out, add --yes-write-plaintext. ' +
        'If you are adopting encryption, do not: set SESSION_ENCRYPTION_MODE=migrate on every instance, then ' +
        'run rotate --mode migrate.',
    );
  }
  if (mode !== 'rollback' && given.flag('yes-write-plaintext')) {
    throw new OptionInvalidError(
      `--yes-write-plaintext is for mode rollback, and the mode is ${mode}: to back out, add --mode rollback.`,
    );
  }
  const part = storePartOf(given);
  const batchSize = wholeNumberOf(given, 'batch-size', 10_000);
  const rate = wholeNumberOf(given, 'rate', 1_000_000);
  if (mode === 'strict' && given.value('legacy') !== undefined) {
    throw new OptionInvalidError(
      '--legacy needs --mode migrate, or rollback: mode strict leaves what another encryption wrote.',
    );
  }
  const openLegacy = await openLegacyOf(given.value('legacy'));
  const keyring = await keyringOf(given);
  const named = await openCatalog(given);
  const { name, place, others, catalog } = named;
  announce(terminal, describeStore(named), mode, dryRun, keyring);
  const warnings = (await catalog.warnings?.(sealedTokenLength(keyring))) ?? [];
  terminal.say(...warnings.map(({ message }) => `Warning: ${message}`));
  const label = dryRun ? 'Looking' : 'Re-encrypting';
  return liveRun(given, terminal, {
    head: { store: name, place, otherPlaces: others },
    label,
    total: await estimateOf(catalog, part),
    run: ({ signal, onFinding, onProgress }) =>
      reencryptSessions(catalog, {
        keyring,
        mode,
        userInfo: given.flag('user-info'),
        openLegacy,
        batchSize,
        rate,
        ...part,
        sessionsElsewhere: others.length > 0,
        dryRun,
        signal,
        allowNonAtomic: given.flag('allow-non-atomic'),
        onProgress: ({ scanned }) => onProgress(label, scanned),
        onFinding,
      }),
    describe: (report) => [
      ...describeOutcomes(report),
      ...describeStored(report, others),
      ...(mode === 'strict' && report.leftPlaintext > 0
        ? [describeSealing(report, given.flag('user-info') ? ' --user-info' : '')]
        : []),
    ],
    hasFindings,
  });
}

/** @throws {OptionInvalidError} The module cannot be loaded, or does not export a function. */
async function openLegacyOf(specifier: string | undefined): Promise<OpenLegacy | undefined> {
  if (specifier === undefined) return undefined;
  const exported = await loadUncalledExport(specifier, 'legacy', 'openLegacy');
  const openLegacy = callback<OpenLegacy>()(exported, '--legacy: what the module exports');
  if (openLegacy !== undefined) return openLegacy;
  throw new OptionInvalidError('--legacy: the module must export a function named openLegacy.');
}

const intentions: Readonly<Record<SessionEncryptionMode, string>> = {
  strict: 'Plaintext tokens are counted and left (mode strict).',
  migrate: 'Plaintext tokens are sealed as well (mode migrate).',
  rollback: 'Everything sealed is opened and stored as PLAINTEXT (mode rollback).',
};

function announce(
  terminal: Terminal,
  store: string,
  mode: SessionEncryptionMode,
  dryRun: boolean,
  keyring: Keyring,
): void {
  const keys = keyring.kids.map((kid) => `${kid} (${keyring.fingerprint(kid)})`);
  terminal.say(
    `Store: ${store}`,
    `Key ring: ${keys.join(', ')}; the first is the primary.`,
    ...(mode === 'rollback' ? [] : [`What other keys sealed is sealed with ${keyring.primary}.`]),
    intentions[mode],
    ...(dryRun ? ['This is a dry run: nothing is written.'] : []),
  );
}
