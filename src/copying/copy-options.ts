// The options of copySessions, checked, and what it asks of the store that sessions are copied to.
import { callback, checkedOptions, flag, type OptionChecks } from '../checked-options.js';
import { OptionInvalidError } from '../errors.js';
import {
  assertAtomic,
  assertCatalog,
  type RunOptions,
  runChecks,
} from '../reencryption/internal.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';
import type { CopyFinding } from './copy-report.js';

/** Options of {@link copySessions}. */
export interface CopyOptions extends RunOptions {
  /** The source wins where the destination holds another version of a session. Default: `false`. */
  readonly update?: boolean | undefined;
  /**
   * Called after each batch. `step` is what is being done. It is not awaited; one that throws
   * harms nothing.
   */
  readonly onProgress?: ((step: 'copy' | 'verify', done: number) => void) | undefined;
  /**
   * Called for each session that the report would name, of which it keeps the first 1,000 of each outcome
   * only. A promise that it returns is awaited; one that throws harms nothing.
   */
  readonly onFinding?: ((finding: CopyFinding) => unknown) | undefined;
}

/** The options, checked and complete. */
export type CopySettings = ReturnType<typeof copySettings>;

/** A catalog that sessions can be copied to. */
export type DestinationCatalog = SessionCatalog<SessionLike> &
  Required<Pick<SessionCatalog<SessionLike>, 'loadSession'>>;

/** @throws {OptionInvalidError} An option does not exist or is invalid, or the store is not atomic. */
export function copySettings(destination: DestinationCatalog, options: CopyOptions) {
  const settings = checkedOptions('copySessions', options, {
    ...runChecks,
    update: flag,
    onProgress: callback<CopyOptions['onProgress']>(),
    onFinding: callback<CopyOptions['onFinding']>(),
  } satisfies OptionChecks<CopyOptions>);
  assertAtomic(destination, settings);
  return settings;
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
