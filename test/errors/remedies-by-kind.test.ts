// What is advised for a store that fails is meant for its kind: nobody looks for rediss: in a URL of PostgreSQL.
import { describe, expect, it } from 'vitest';
import { remedyOf } from '../../src/store-remedy.js';

/** How each kind of store is told what to do, which is of no use to the others. */
const words = {
  PostgreSQL: /sslmode|\bstatement_timeout/,
  MySQL: /\?ssl=|verifyIdentity|max_execution_time/,
  MariaDB: /\?ssl=|verifyIdentity|max_statement_time/,
  Redis: /\brediss?:/,
};

const failures: readonly [keyof typeof words, string, string][] = [
  // What wants TLS.
  [
    'PostgreSQL',
    '28000',
    'no pg_hba.conf entry for host "::1", user "u", database "d", no encryption',
  ],
  ['PostgreSQL', '28000', 'no pg_hba.conf entry for host "::1", user "u", database "d", SSL off'],
  ['PostgreSQL', '08P01', 'connection is insecure (try using `sslmode=require`)'],
  ['MySQL', 'ER_SECURE_TRANSPORT_REQUIRED', 'Connections using insecure transport are prohibited'],
  ['MariaDB', 'ER_UNKNOWN_ERROR', 'Connections using insecure transport are prohibited'],
  ['Redis', 'CLOSED_WHILE_OPENING', 'It ended the connection.'],
  // What speaks none.
  ['PostgreSQL', '', 'The server does not support SSL connections'],
  ['PostgreSQL', 'P1011', 'Error opening a TLS connection: server does not support TLS'],
  ['MySQL', 'HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection'],
  ['Redis', 'ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
  ['Redis', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long'],
  // What ended a statement.
  ['PostgreSQL', '57014', 'canceling statement due to statement timeout'],
  [
    'MySQL',
    'ER_QUERY_TIMEOUT',
    'Query execution was interrupted, maximum statement execution time exceeded',
  ],
  [
    'MariaDB',
    'ER_STATEMENT_TIMEOUT',
    'Query execution was interrupted (max_statement_time exceeded)',
  ],
  ['MariaDB', 'ER_UNKNOWN_ERROR', 'Query was interrupted (max_statement_time exceeded)'],
];

describe('what mends a store that fails', () => {
  it.each(failures)('names what is of %s: %s %s', (kind, code, message) => {
    const remedy = remedyOf(Object.assign(new Error(message), { code }));
    const named = Object.entries(words).filter(([, ofKind]) => ofKind.test(remedy ?? ''));
    // MySQL and MariaDB share what is said of TLS.
    expect(named.map(([name]) => name)).toContain(kind);
    const others = named.filter(([, ofKind]) => String(ofKind) !== String(words[kind]));
    const isSql = (name: string) => name === 'MySQL' || name === 'MariaDB';
    expect(others.filter(([name]) => !(isSql(name) && isSql(kind)))).toEqual([]);
  });
});
