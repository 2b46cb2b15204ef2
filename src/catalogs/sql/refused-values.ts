// What a database answers that cannot hold one session, where it could hold others.
import { SessionInvalidError } from '../../errors.js';
import { memberOf } from '../../foreign-object.js';
import { codeOf, safeCause } from '../../safe-cause.js';

/** Of the drivers, where the class of an SQLSTATE does not tell. */
const codes: readonly unknown[] = [
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD', // a character that the column's character set lacks
  'ER_IMPOSSIBLE_STRING_CONVERSION',
  'ER_NO_DEFAULT_FOR_FIELD',
];

/** The error to throw in place of one that says so; undefined if it says something else. */
export function refusedValue(
  error: unknown,
  sessionId: string,
  table: string,
): SessionInvalidError | undefined {
  if (!isRefusal(error)) return undefined;
  const cause = safeCause(error);
  const why = cause.message.replace(/\.?$/, '.');
  return new SessionInvalidError(
    `Session ${sessionId}: ${table} does not take it: ${why} Change that column, or what the session holds.`,
    { sessionId, cause },
  );
}

/** Data exceptions (22) and violated constraints (23) of SQL, and those of SQLite. */
function isRefusal(error: unknown): boolean {
  const state = memberOf(error, 'sqlState') ?? codeOf(error);
  return (
    /^2[23]\w{3}$/.test(String(state)) ||
    codes.includes(codeOf(error)) ||
    / constraint failed\b/.test(String(memberOf(error, 'message')))
  );
}
