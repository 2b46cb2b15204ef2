// The options of copySessions, checked, and what it asks of the store that sessions are copied to.
import { callSafely } from '../app-callback.js';
import { callback, checkedOptions, flag, wholeNumber } from '../checked-options.js';
import { OptionInvalidError } from '../errors.js';
import {
  assertAtomic,
  assertCatalog,
  type RunOptions,
  type RunSettings,
  runChecks,
} from '../reencryption/internal.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { CopyFinding } from './copy-report.js';

/** Options of {@link copySessions}. */
export interface CopyOptions extends RunOptions {
  /** The source wins where the destination holds another version of a session. Default: `false`. */
  readonly update?: boolean | undefined;
  /** Sessions that are read together, 1 to 10,000. Default: 250. */
  readonly batchSize?: number | undefined;
  /**
   * Called after each batch. `step` is what is being done. It is not awaited; one that throws
   * harms nothing.
   */
  readonly onProgress?: ((step: 'copy' | 'verify', done: number) => void) | undefined;
  /**
   * Called for each session that the report would name, of which it keeps the first 1,000 only. A
   * promise that it returns is awaited; one that throws harms nothing.
   */
  readonly onFinding?: ((finding: CopyFinding) => unknown) | undefined;
}

/** The options, checked and complete. */
export interface CopySettings extends RunSettings {
  readonly update: boolean;
  readonly batchSize: number;
  readonly onProgress: (step: 'copy' | 'verify', done: number) => void;
  readonly onFinding: CopyOptions['onFinding'];
}

/** A catalog that sessions can be copied to. */
export type DestinationCatalog = SessionCatalog<SessionLike> &
  Required<Pick<SessionCatalog<SessionLike>, 'loadSession'>>;

type Checked = Omit<CopySettings, 'onProgress'> & Pick<CopyOptions, 'onProgress'>;

/** @throws {OptionInvalidError} An option does not exist or is invalid, or the store is not atomic. */
export function copySettings(destination: DestinationCatalog, options: CopyOptions): CopySettings {
  const { onProgress, ...settings } = checkedOptions<Checked>('copySessions', options, {
    ...runChecks,
    update: flag,
    batchSize: wholeNumber(250, { from: 1, to: 10_000 }),
    onProgress: callback(),
    onFinding: callback(),
  });
  assertAtomic(destination, settings);
  return {
    ...settings,
    onProgress: (step, done) => callSafely(onProgress, step, done),
  };
}

/** @throws {OptionInvalidError} It is not a catalog, or lacks `loadSession`. */
export function assertDestination(
  catalog: SessionCatalog<SessionLike>,
): asserts catalog is DestinationCatalog {
  assertCatalog(catalog);
  if (typeof catalog.loadSession !== 'function') {
    throw new OptionInvalidError('A catalog that sessions are copied to must have loadSession.');
  }
}
