// copy: moves sessions between stores, sealed tokens as they are. No key is needed.
import {
  type CopyReport,
  copySessions,
  OptionInvalidError,
  RunIncompleteError,
} from '../../index.js';
import { type Catalog, openCatalog, storeOptions } from '../catalog-option.js';
import { type Arguments, type Command, concurrencyOf } from '../command.js';
import { copyHasFindings, describeCopy } from '../copy-text.js';
import { countSessions } from '../count-sessions.js';
import { describeError } from '../describe-error.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { listenForInterruption } from '../interruption.js';
import { Progress } from '../progress.js';
import type { Terminal } from '../terminal.js';

export const copy: Command = {
  name: 'copy',
  summary: 'copies sessions to another store without opening them',
  usage: '(--from URL | --from-catalog MODULE) (--to URL | --to-catalog MODULE) [options]',
  description: [
    'Copies every session as it is stored: sealed tokens stay sealed, and no key is needed. Sessions',
    'expire in the new store when they would have in the old one. What the new store has already is',
    'skipped, so running it again continues. At the end both stores are counted and compared.',
  ],
  options: {
    ...storeOptions('from', 'from-catalog'),
    ...storeOptions('to', 'to-catalog'),
    update: {
      help: ['The source wins where the destination holds another version of a session.'],
    },
    'dry-run': { help: ['Writes nothing, and reports what would be done.'] },
    concurrency: { value: 'N', help: ['Sessions in hand at once, 1 to 1000. Default: 16.'] },
    'allow-non-atomic': {
      help: [
        'Writes to a store that cannot compare and swap across processes. Stop everything else',
        'that writes to it first.',
      ],
    },
    json: { help: ['Writes the report as JSON.'] },
  },
  examples: [
    'copy --from env:REDIS_URL --to env:DATABASE_URL --dry-run',
    'copy --from-catalog ./prisma-catalog.mjs --to redis://localhost:6379',
  ],
  positionals: 0,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<ExitCode> {
  const concurrency = concurrencyOf(given);
  const [dryRun, update] = [given.flag('dry-run'), given.flag('update')];
  assertDifferent(given);
  const interruption = listenForInterruption(terminal);
  const { signal } = interruption;
  const from = await openCatalog(given, 'from', 'from-catalog');
  const to = await openCatalog(given, 'to', 'to-catalog');
  terminal.say(
    `From: ${from.name}`,
    `To: ${to.name}`,
    'Every session is copied as it is stored; sealed tokens stay sealed.',
    update
      ? 'Where the destination holds another version of a session, it is REPLACED (--update).'
      : 'Sessions that the destination holds already are left; other versions are reported.',
    ...(dryRun ? ['This is a dry run: nothing is written.'] : []),
  );
  await printWarnings(terminal, [from.catalog, to.catalog]);
  const total = await countSessions(from.catalog, terminal, signal);
  const progress = new Steps(terminal, dryRun, total);
  const print = (report: CopyReport, error?: unknown) => {
    if (given.flag('json')) {
      const failure = error === undefined ? {} : { error: describeError(error).join(' ') };
      terminal.reportJson({ from: from.name, to: to.name, ...report, ...failure });
    } else {
      terminal.report(...describeCopy(report, update));
    }
  };
  try {
    const report = await copySessions(from.catalog, to.catalog, {
      update,
      dryRun,
      concurrency,
      signal,
      allowNonAtomic: given.flag('allow-non-atomic'),
      onProgress: (step, done) => progress.update(step, done),
    }).finally(() => progress.end());
    print(report);
    if (report.aborted) return interruption.exitCode ?? exitCodes.interrupted;
    return copyHasFindings(report) ? exitCodes.finding : exitCodes.done;
  } catch (error) {
    if (error instanceof RunIncompleteError) print(error.report as CopyReport, error);
    throw error;
  }
}

function assertDifferent(given: Arguments): void {
  const places = ['', '-catalog'].map((kind) => [`from${kind}`, `to${kind}`] as const);
  for (const [from, to] of places) {
    const source = given.value(from);
    if (source !== undefined && source === given.value(to)) {
      throw new OptionInvalidError(`--${from} and --${to} are the same store.`);
    }
  }
}

async function printWarnings(terminal: Terminal, catalogs: readonly Catalog[]): Promise<void> {
  for (const catalog of catalogs) {
    for (const warning of (await catalog.warnings?.()) ?? []) terminal.say(`Warning: ${warning}`);
  }
}

/** The progress of copying, then that of comparing. */
class Steps {
  readonly #terminal: Terminal;
  readonly #total: number | undefined;
  #step = 'copy';
  #progress: Progress;

  constructor(terminal: Terminal, dryRun: boolean, total: number | undefined) {
    this.#terminal = terminal;
    this.#total = total;
    this.#progress = new Progress(terminal, dryRun ? 'Looking' : 'Copying', total);
  }

  update(step: 'copy' | 'verify', done: number): void {
    if (step !== this.#step) {
      this.#progress.end();
      this.#progress = new Progress(this.#terminal, 'Comparing', this.#total);
      this.#step = step;
    }
    this.#progress.update(done);
  }

  end(): void {
    this.#progress.end();
  }
}
