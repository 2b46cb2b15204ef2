// What mends a store that fails, by what its driver says: one place for the errors of the library, for
// runs that stopped and for the command line.
import type { FailureKind } from './failure-kind.js';
import { memberOf } from './foreign-object.js';
import { tlsFailures } from './tls-failures.js';

/** The database could hold others. */
const refusedValue: FailureKind = {
  remedy:
    'It does not take what is to be written: see which constraint or trigger, or which type of a column, stands against it.',
  // Data exceptions, violated constraints, and what a trigger says of itself: SIGNAL, RAISE EXCEPTION.
  states: /^(?:2[23]\w{3}|45\w{3}|P0001)$/,
  codes: [
    'ER_SIGNAL_EXCEPTION', // whatever state a trigger of MySQL gives it
    ...['SQLITE_CONSTRAINT', 'SQLITE_CONSTRAINT_TRIGGER', '1811'], // RAISE(ABORT); the number is of node:sqlite
    ...['ER_WARN_DATA_OUT_OF_RANGE', 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD'],
    ...['ER_IMPOSSIBLE_STRING_CONVERSION', 'ER_NO_DEFAULT_FOR_FIELD'],
    ...['ER_BAD_NULL_ERROR', 'ER_CHECK_CONSTRAINT_VIOLATED'],
    ...['P2000', 'P2002', 'P2003', 'P2004', 'P2006', 'P2007', 'P2011', 'P2019', 'P2020', 'P2033'],
  ],
  // SQLite's; MariaDB's, which mysql2 gives the name of another error; and what Prisma has no code for.
  messages:
    / constraint failed\b|^CONSTRAINT .* failed for |^(?:Incorrect \w+ value:|Out of range value|Could not convert argument value)/im,
};

/** @param setting What the database calls it. */
function statementTimeout(setting: string, codes: string[], messages?: RegExp): FailureKind {
  const remedy = `It ended a statement that took longer than it allows (${setting}): see what holds statements up, such as a lock.`;
  return { remedy, mayPass: true, codes, ...(messages && { messages }) };
}

const kinds: readonly FailureKind[] = [
  {
    remedy: 'It is read-only: use the primary server of this database, not a replica.',
    codes: [
      '25006', // PostgreSQL: read_only_sql_transaction
      'ER_OPTION_PREVENTS_STATEMENT', // MySQL and MariaDB with read_only
      'ER_READ_ONLY_MODE',
      'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
      'READONLY', // a Redis replica
    ],
  },
  {
    remedy: 'Its file is read-only: the user that this runs as must be allowed to write to it.',
    codes: ['SQLITE_READONLY'],
    messages: /attempt to write a readonly database/,
  },
  {
    remedy: 'Its user lacks the rights for this: use one that may do what the app may.',
    codes: [
      '42501', // PostgreSQL: insufficient_privilege
      'ER_TABLEACCESS_DENIED_ERROR',
      'ER_COLUMNACCESS_DENIED_ERROR',
      'ER_DBACCESS_DENIED_ERROR',
      'NOPERM',
      'P1010', // Prisma: the user was denied access
    ],
  },
  {
    remedy:
      'It lacks a table or a column: see whether this is the database, and the table, of the app.',
    codes: [
      '42703', // PostgreSQL: undefined_column
      '42P01', // PostgreSQL: undefined_table
      'ER_BAD_FIELD_ERROR',
      'ER_NO_SUCH_TABLE',
      'P2021', // Prisma: the table does not exist
      'P2022', // Prisma: the column does not exist
    ],
    messages: /no such (?:table|column)\b|has no column named/,
  },
  refusedValue,
  {
    remedy:
      'It knows no such schema, or its user has none in the search_path: name one, as with ?schema= in the URL.',
    codes: ['3F000'], // PostgreSQL: invalid_schema_name
  },
  {
    remedy:
      'It has a command switched off: this needs GET, MGET, SET, DEL, UNLINK, SCAN, DBSIZE, and EVAL.',
    codes: [],
    messages: /^ERR unknown (?:Redis )?command/i,
  },
  {
    remedy:
      'Node.js is run so that no code is made from strings, which mysql2 does: add disableEval=true to the URL.',
    codes: [],
    messages: /^Code generation from strings disallowed/,
  },
  {
    remedy: 'There is no database of this name: see whether the URL is the one of the app.',
    codes: ['3D000', 'ER_BAD_DB_ERROR', 'P1003'],
    messages: /DB index is out of range/,
  },
  ...tlsFailures,
  {
    remedy:
      'It refuses the user or the password: see whether they are those of the app, and whether it wants TLS.',
    codes: [
      ...['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
      ...['WRONGPASS', 'NOAUTH', 'P1000'],
    ],
    // Redis refuses a password where it wants none, and pg wants one where the URL has none.
    messages: /AUTH <password>|client password must be a string|no PostgreSQL user name/,
  },
  {
    remedy: 'There is no such host: see whether its name is right, and is known where this runs.',
    codes: ['ENOTFOUND'],
  },
  {
    remedy: 'It cannot be reached: see whether host and port are right, and whether it runs.',
    mayPass: true,
    codes: [
      ...['ECONNREFUSED', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
      ...['P1001', 'P1002'],
    ],
    messages: /[Cc]onnection timeout|timeout expired|timeout exceeded when trying to connect/,
  },
  {
    remedy: 'It has no room left: make some.',
    mayPass: true,
    codes: [
      ...['53100', 'SQLITE_FULL', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'ENOSPC'],
      ...['OOM', 'MISCONF'], // Redis: no memory, or its own file cannot be written
    ],
    messages: /database or disk is full/,
  },
  {
    remedy: 'Its file is not a database of SQLite, or is damaged: see whether the path is right.',
    codes: ['SQLITE_NOTADB', 'SQLITE_CORRUPT'],
    messages: /file is not a database|database disk image is malformed/,
  },
  {
    remedy:
      'Its file cannot be opened: see whether the path is right, and may be read and written here.',
    codes: ['SQLITE_CANTOPEN'],
    messages: /unable to open/i,
  },
  {
    remedy: 'It is starting, or recovers from a crash: wait until it is ready.',
    mayPass: true,
    codes: ['57P02', '57P03', 'LOADING'],
  },
  {
    remedy: 'It is shutting down, or an administrator ended the connection: wait until it is back.',
    mayPass: true,
    codes: ['57P01', 'ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED'],
  },
  {
    remedy: 'It has no connection left: allow more, or have smaller pools or fewer instances.',
    mayPass: true,
    codes: [
      ...['53300', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
      'P2037', // Prisma: too many connections
    ],
    messages: /max number of clients reached/,
  },
  {
    remedy: 'Its user has used up what it may, such as MAX_USER_CONNECTIONS: allow it more.',
    mayPass: true,
    codes: ['ER_USER_LIMIT_REACHED'],
  },
  statementTimeout('statement_timeout', ['57014']),
  statementTimeout('max_execution_time', ['ER_QUERY_TIMEOUT']),
  // mysql2 has no code for that of MariaDB.
  statementTimeout('max_statement_time', ['ER_STATEMENT_TIMEOUT'], /max_statement_time exceeded/),
  {
    remedy: 'Another connection holds a lock that this waits for: see which, and end it.',
    mayPass: true,
    codes: ['55P03', 'ER_LOCK_WAIT_TIMEOUT', 'SQLITE_BUSY', 'SQLITE_LOCKED'],
    messages: /database (?:table )?is locked/,
  },
  {
    remedy:
      'The app has a transaction open on this database object: end it, or open another for the sessions.',
    mayPass: true,
    codes: [],
    messages: /transaction within a transaction/,
  },
  {
    remedy: 'It is busy with a script: wait for its end, or end it with SCRIPT KILL.',
    mayPass: true,
    codes: ['BUSY'],
  },
  {
    remedy: 'It is a replica that has lost its primary server: connect to the primary.',
    mayPass: true,
    codes: ['MASTERDOWN'],
  },
  {
    remedy: 'It lacks the replicas that it must have for a write (min-replicas-to-write).',
    mayPass: true,
    codes: ['NOREPLICAS'],
  },
  {
    remedy: 'A part of the Redis Cluster is down or on the move: see what CLUSTER INFO says.',
    mayPass: true,
    codes: ['CLUSTERDOWN', 'TRYAGAIN'],
    messages: /A node of the Redis Cluster is missing/,
  },
  {
    remedy: 'It is a node of a Redis Cluster: connect with a cluster client.',
    codes: ['MOVED', 'ASK', 'CROSSSLOT'],
  },
];

/** What to do about a store of which nothing is known but that it is late. */
export const remedyOfSilence =
  'See whether it is overloaded or cut off, or allow calls a longer deadline.';

/** What mends a failure of a store; undefined if that is not known from the error and its causes. */
export function remedyOf(error: unknown): string | undefined {
  return kindOf(error)?.remedy;
}

/** Whether the same may succeed when it is run again, without a change to how the store is reached. */
export function mayPass(error: unknown): boolean {
  const kind = kindOf(error);
  return kind === undefined || kind.mayPass === true;
}

/** Whether a database answers that it cannot hold what is to be written. */
export function isRefusedValue(error: unknown): boolean {
  return kindOf(error) === refusedValue;
}

function kindOf(error: unknown): FailureKind | undefined {
  for (let cause = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    const message = String(memberOf(cause, 'message'));
    const codes = [
      String(memberOf(cause, 'code')),
      String(memberOf(cause, 'sqlState')), // of mysql2
      String(memberOf(cause, 'state')), // of MySQL, through Prisma's driver adapters
      String(memberOf(cause, 'errcode')), // of node:sqlite
      // Some drivers only say it in the message.
      /\(([\w-]+)\)\./.exec(message)?.[1] ?? '',
      /^[A-Z]+(?= )/.exec(message)?.[0] ?? '',
    ];
    const kind = kinds.find(
      (known) =>
        codes.some((code) => known.codes.includes(code) || known.states?.test(code)) ||
        known.messages?.test(message) === true,
    );
    if (kind !== undefined) return kind;
    cause = memberOf(cause, 'cause');
  }
  return undefined;
}
