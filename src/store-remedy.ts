// What mends a store that fails, by what its driver says. Running again is only advised where that
// can help.
import { memberOf } from './foreign-object.js';

interface Kind {
  /** One sentence or two, after one that says that the store failed. */
  readonly remedy: string;
  /** Codes of the drivers, and the first words of what Redis answers. */
  readonly codes: readonly string[];
  /** What drivers say without a code of its own. */
  readonly messages?: RegExp;
}

const kinds: readonly Kind[] = [
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
    remedy:
      'Its file is read-only: run this as the user that the app runs as, who may write to it.',
    codes: ['SQLITE_READONLY'],
    messages: /attempt to write a readonly database/,
  },
  {
    remedy: 'Its user lacks the rights for this: use one that may read and update the sessions.',
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
  {
    remedy: 'There is no database of this name: see whether the URL is the one of the app.',
    codes: ['3D000', 'ER_BAD_DB_ERROR', 'P1003'],
    messages: /DB index is out of range/,
  },
  {
    remedy: 'It refuses the user or the password: see whether they are those of the app.',
    codes: [
      ...['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'],
      ...['WRONGPASS', 'NOAUTH', 'P1000'],
    ],
    // Redis refuses a password where it wants none, and pg wants one where the URL has none.
    messages: /AUTH <password>|client password must be a string|no PostgreSQL user name/,
  },
  {
    remedy:
      'Its certificate cannot be trusted, or it speaks no TLS: connect as the app does, with the same options in the URL.',
    codes: [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_HAS_EXPIRED'],
      ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
      ...['ERR_TLS_CERT_ALTNAME_INVALID', 'HANDSHAKE_NO_SSL_SUPPORT', 'P1011'],
      ...['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
    ],
    messages: /does not support SSL|no pg_hba\.conf entry/,
  },
  {
    remedy:
      'There is no such host: see whether its name is right, and known where the command is run.',
    codes: ['ENOTFOUND'],
  },
  {
    remedy:
      'It cannot be reached: see whether host and port are right, and whether it runs. Run it again once it answers.',
    codes: [
      ...['ECONNREFUSED', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
      ...['P1001', 'P1002'],
    ],
    messages: /Connection timeout|timeout expired|timeout exceeded when trying to connect/,
  },
  {
    remedy: 'It has no room left: make some, then run it again to continue.',
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
];

/** What mends a failure of a store; undefined if that is not known from the error and its causes. */
export function remedyOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause !== undefined && depth < 5; depth++) {
    const message = String(memberOf(cause, 'message'));
    const codes = [
      String(memberOf(cause, 'code')),
      // Some drivers only say it in the message.
      /\(([\w-]+)\)\./.exec(message)?.[1] ?? '',
      /^[A-Z]+(?= )/.exec(message)?.[0] ?? '',
    ];
    const kind = kinds.find(
      (known) =>
        codes.some((code) => known.codes.includes(code)) || known.messages?.test(message) === true,
    );
    if (kind !== undefined) return kind.remedy;
    cause = memberOf(cause, 'cause');
  }
  return undefined;
}
