// What to do after a run that stopped.
import { OptionInvalidError, SessionEncryptionError } from '../errors.js';
import { mayPass, remedyOf } from '../store-remedy.js';
import { withoutWriteOutcome } from '../write-outcomes.js';

/** A few sentences: why a run stopped, and what to do. Running again is advised where it can help. */
export function nextStepAfter(error: unknown): string {
  // What became of the writes of the run is in its report, session by session.
  const why =
    error instanceof SessionEncryptionError
      ? withoutWriteOutcome(error.message)
      : 'The store failed.';
  if (error instanceof OptionInvalidError) return why;
  const remedy = remedyOf(error);
  const advice = remedy === undefined || why.includes(remedy) ? why : `${why} ${remedy}`;
  return mayPass(error) ? `${advice} Run it again to continue.` : advice;
}
