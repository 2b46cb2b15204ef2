// The options of copySessions, checked, and what it asks of the store that sessions are copied to.
import { OptionInvalidError } from '../errors.js';
import {
  assertCallback,
  assertCatalog,
  assertKnownOptions,
  flagOf,
  type RunOptions,
  type RunSettings,
  runSettings,
} from '../reencryption/internal.js';
import type { SessionLike } from '../session.js';
import type { SessionCatalog } from '../session-catalog.js';

/** Options of {@link copySessions}. */
export interface CopyOptions extends RunOptions {
  /** The source wins where the destination holds another version of a session. Default: `false`. */
  readonly update?: boolean | undefined;
  /**
   * Called after each session. `step` is what is being done. It is not waited for; one that throws
   * harms nothing.
   */
  readonly onProgress?: ((step: 'copy' | 'verify', done: number) => void) | undefined;
}

/** The options, checked and complete. */
export interface CopySettings extends RunSettings {
  readonly update: boolean;
  readonly onProgress: (step: 'copy' | 'verify', done: number) => void;
}

/** A catalog that sessions can be copied to. */
export type DestinationCatalog = SessionCatalog<SessionLike> &
  Required<Pick<SessionCatalog<SessionLike>, 'loadSession'>>;

const names = ['update', 'concurrency', 'dryRun', 'signal', 'onProgress', 'allowNonAtomic'];

/** @throws {OptionInvalidError} An option does not exist or means nothing, or the store is not atomic. */
export function copySettings(destination: DestinationCatalog, options: CopyOptions): CopySettings {
  assertKnownOptions('copySessions', options, names);
  const { onProgress } = options;
  assertCallback('onProgress', onProgress);
  return {
    ...runSettings(destination, options),
    update: flagOf('update', options.update),
    onProgress: (step, done) => {
      try {
        onProgress?.(step, done);
      } catch {
        // The callback's own failure. Copying goes on.
      }
    },
  };
}

/** @throws {OptionInvalidError} It is no catalog, or lacks `loadSession`. */
export function assertDestination(
  catalog: SessionCatalog<SessionLike>,
): asserts catalog is DestinationCatalog {
  assertCatalog(catalog);
  if (typeof catalog.loadSession !== 'function') {
    throw new OptionInvalidError('A catalog that sessions are copied to must have loadSession.');
  }
}
