// What a database answers that cannot hold one session, where it could hold others.
import { SessionInvalidError } from '../../errors.js';
import { memberOf } from '../../foreign-object.js';
import { refusedWithoutReason } from '../../refused-without-reason.js';
import { codeOf, safeCause } from '../../safe-cause.js';
import { isRefusedValue } from '../../store-remedy.js';

/** The error to throw in place of one that says so; undefined if it says something else. */
export function refusedValue(
  error: unknown,
  sessionId: string,
  table: string,
): SessionInvalidError | undefined {
  if (!isRefusedValue(error)) return undefined;
  return notTaken(
    error,
    sessionId,
    table,
    'Change that column, constraint or trigger, or what the session holds.',
  );
}

/** PostgreSQL, MySQL, Prisma. */
const duplicateCodes = ['23505', 'ER_DUP_ENTRY', 'P2002'];

/** Whether an error says that a value which must be unique is that of another row, the id or some other. */
export function isDuplicate(error: unknown): boolean {
  return (
    duplicateCodes.includes(codeOf(error) ?? '') ||
    /\bUNIQUE constraint failed\b/.test(String(memberOf(error, 'message')))
  );
}

/**
 * The error for a session whose id is not taken, and that is not stored all the same.
 *
 * @param error That says that a value is taken; undefined if the database reports no more than that nothing
 *   was stored, as where a trigger keeps it out.
 */
export function otherRowInTheWay(
  error: unknown,
  sessionId: string,
  table: string,
): SessionInvalidError {
  if (error !== undefined) {
    return notTaken(
      error,
      sessionId,
      table,
      'Another row holds a value that must be unique there: drop that constraint, as sessions may have the same values in all but their ids, or delete that row.',
    );
  }
  return refusedWithoutReason(sessionId, table);
}

function notTaken(
  error: unknown,
  sessionId: string,
  table: string,
  remedy: string,
): SessionInvalidError {
  const cause = safeCause(error);
  const why = cause.message.replace(/\.?$/, '.');
  return new SessionInvalidError(
    `Session ${sessionId}: ${table} does not take it: ${why} ${remedy}`,
    { sessionId, cause },
  );
}
