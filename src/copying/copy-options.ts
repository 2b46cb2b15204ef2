// What copying can be told, and what it asks of the store that sessions are copied to.
import type { SessionCatalog } from '../reencryption/index.js';
import type { SessionLike } from '../session.js';

/** How to copy. */
export interface CopyOptions {
  /** The source wins where the destination holds other content. */
  readonly update: boolean;
  readonly dryRun: boolean;
  readonly concurrency: number;
  readonly allowNonAtomic: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called after each session. `step` is what is being done. */
  readonly onProgress?: ((step: 'copy' | 'verify', done: number) => void) | undefined;
}

/** A catalog that sessions can be copied to. */
export type DestinationCatalog = SessionCatalog<SessionLike> &
  Required<Pick<SessionCatalog<SessionLike>, 'loadSession'>>;
