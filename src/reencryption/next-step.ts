// What to do after a run that stopped.
import { OptionInvalidError, SessionEncryptionError } from '../errors.js';
import { remedyOf } from '../store-remedy.js';

/** One sentence or two: why a run stopped, and what to do. */
export function nextStepAfter(error: unknown): string {
  const why = error instanceof SessionEncryptionError ? error.message : 'The store failed.';
  if (error instanceof OptionInvalidError) return why;
  return `${why} ${remedyOf(error) ?? 'Run it again to continue.'}`;
}
