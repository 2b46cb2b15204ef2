// What to do after a run that stopped: running it again is only advised where that can help.
import { OptionInvalidError, SessionEncryptionError } from '../errors.js';
import { memberOf } from '../foreign-object.js';

/** Codes with which databases say that they take no writes at all. */
const readOnlyCodes = [
  '25006', // PostgreSQL: read_only_sql_transaction
  'ER_OPTION_PREVENTS_STATEMENT', // MySQL and MariaDB with read_only
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'SQLITE_READONLY',
  'READONLY', // a Redis replica
];

/** Codes with which databases refuse a user. */
const deniedCodes = [
  '42501', // PostgreSQL: insufficient_privilege
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'NOPERM',
];

/** Codes with which databases say that a table or column is not there. */
const missingCodes = [
  '42703', // PostgreSQL: undefined_column
  '42P01', // PostgreSQL: undefined_table
  'ER_BAD_FIELD_ERROR',
  'ER_NO_SUCH_TABLE',
  'P2021', // Prisma: the table does not exist
  'P2022', // Prisma: the column does not exist
];

/** One sentence or two: why a run stopped, and what to do. */
export function nextStepAfter(error: unknown): string {
  const why = error instanceof SessionEncryptionError ? error.message : 'The store failed.';
  if (error instanceof OptionInvalidError) return why;
  const codes = codesOf(error);
  if (codes.some((code) => readOnlyCodes.includes(code))) {
    return `${why} It is read-only: use the primary server of this database, not a replica.`;
  }
  if (codes.some((code) => deniedCodes.includes(code))) {
    return `${why} Its user lacks the rights for this: use one that may read and update the sessions.`;
  }
  if (codes.some((code) => missingCodes.includes(code))) {
    return `${why} It lacks a table or a column: see whether this is the database, and the table, of the app.`;
  }
  return `${why} Run it again to continue.`;
}

/** The codes of an error and of its causes; some drivers only say them in the message. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    codes.push(String(memberOf(cause, 'code')));
    const message = String(memberOf(cause, 'message'));
    codes.push(...(/\(([\w-]+)\)\.$/.exec(message)?.slice(1) ?? []));
    codes.push(/^[A-Z]+(?= )/.exec(message)?.[0] ?? '');
    cause = memberOf(cause, 'cause');
  }
  return codes;
}
