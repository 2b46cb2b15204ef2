// copy: moves sessions between stores, sealed tokens as they are. No key is needed.
import { copySessions, OptionInvalidError } from '../../index.js';
import { sessionsHidden } from '../../session-catalog.js';
import {
  allowNonAtomicOption,
  assertStoreNamed,
  describeOthers,
  describeStore,
  type NamedCatalog,
  openCatalog,
  storeOptions,
} from '../catalog-option.js';
import type { Arguments, Command } from '../command.js';
import { copyHasFindings, describeCopy } from '../copy-text.js';
import type { ExitCode } from '../exit-codes.js';
import { liveRun, liveRunOptions } from '../live-run.js';
import { wholeNumberOf } from '../number-option.js';
import { estimateOf } from '../store-part.js';
import type { Terminal } from '../terminal.js';

export const copy: Command = {
  name: 'copy',
  summary: 'copies sessions to another store without opening them',
  usage: '(--from URL | --from-catalog MODULE) (--to URL | --to-catalog MODULE) [options]',
  description: [
    'Copies every session as it is stored: sealed tokens stay sealed, and no key is needed. Sessions',
    'keep the dates at which they expire. What the new store has already is',
    'skipped, so running it again continues. At the end both stores are counted and compared. Exits with 1',
    'if something was not copied, row level security may hide sessions of the source, or there is no',
    'session; with 2 if there is not even a table of sessions.',
  ],
  options: {
    ...storeOptions('from', 'from-catalog'),
    ...storeOptions('to', 'to-catalog'),
    update: {
      help: ['The source wins where the destination holds another version of a session.'],
    },
    'dry-run': {
      help: [
        'Writes nothing, and reports what would be done. What only the database itself refuses, such as',
        'by a constraint, counts as done.',
      ],
    },
    ...allowNonAtomicOption,
    ...liveRunOptions,
  },
  examples: [
    'copy --from env:REDIS_URL --to env:DATABASE_URL --dry-run',
    'copy --from-catalog ./prisma-catalog.mjs --to redis://localhost:6379',
  ],
  positionals: 0,
  usesNoKeys: true,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  assertStoreNamed(given, 'from', 'from-catalog');
  assertStoreNamed(given, 'to', 'to-catalog');
  const batchSize = wholeNumberOf(given, 'batch-size', 10_000);
  const [dryRun, update] = [given.flag('dry-run'), given.flag('update')];
  const from = await openCatalog(given, 'from', 'from-catalog');
  const to = await openCatalog(given, 'to', 'to-catalog');
  assertDifferent(given, from, to);
  terminal.say(
    `From: ${describeStore(from)}`,
    ...describeOthers(from.others),
    `To: ${describeStore(to)}`,
    'Every session is copied as it is stored; sealed tokens stay sealed.',
    update
      ? 'Where the destination holds another version of a session, it is REPLACED (--update).'
      : 'Sessions that the destination holds already are left; other versions are reported.',
    ...(dryRun ? ['This is a dry run: nothing is written.'] : []),
  );
  const ofSource = (await from.catalog.warnings?.()) ?? [];
  const warnings = [...ofSource, ...((await to.catalog.warnings?.()) ?? [])];
  terminal.say(...warnings.map(({ message }) => `Warning: ${message}`));
  const areSomeHidden = ofSource.some(({ code }) => code === sessionsHidden);
  const steps = { copy: dryRun ? 'Looking' : 'Copying', verify: 'Comparing' };
  return liveRun(given, terminal, {
    head: { from: describeStore(from), to: describeStore(to), warnings },
    label: steps.copy,
    total: await estimateOf(from.catalog, { shard: undefined, shop: undefined }),
    run: ({ signal, onFinding, onProgress }) =>
      copySessions(from.catalog, to.catalog, {
        update,
        dryRun,
        batchSize,
        signal,
        allowNonAtomic: given.flag('allow-non-atomic'),
        onProgress: (step, done) => onProgress(steps[step], done),
        onFinding,
      }),
    describe: (report) => describeCopy(report, { update, areSomeHidden }),
    hasFindings: (report) => areSomeHidden || copyHasFindings(report),
  });
}

function assertDifferent(given: Arguments, from: NamedCatalog, to: NamedCatalog): void {
  if (!from.identities.some((identity) => to.identities.includes(identity))) return;
  const kind = given.value('from') === undefined ? '-catalog' : '';
  throw new OptionInvalidError(`--from${kind} and --to${kind} are the same store.`);
}
