// What a database answers that cannot hold one session, where it could hold others.
import { SessionInvalidError } from '../../errors.js';
import { safeCause } from '../../safe-cause.js';
import { isRefusedValue } from '../../store-remedy.js';

/** The error to throw in place of one that says so; undefined if it says something else. */
export function refusedValue(
  error: unknown,
  sessionId: string,
  table: string,
): SessionInvalidError | undefined {
  if (!isRefusedValue(error)) return undefined;
  const cause = safeCause(error);
  const why = cause.message.replace(/\.?$/, '.');
  return new SessionInvalidError(
    `Session ${sessionId}: ${table} does not take it: ${why} Change that column, or what the session holds.`,
    { sessionId, cause },
  );
}
