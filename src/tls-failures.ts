// How stores fail over TLS, and what mends that.
import type { FailureKind } from './failure-kind.js';

export const tlsFailures: readonly FailureKind[] = [
  {
    remedy:
      'It takes only connections with TLS: ask for it in the URL (?sslmode=verify-full) or in the options of the client.',
    codes: [],
    messages: /no pg_hba\.conf entry .*(?:no encryption|SSL off)|connection is insecure/,
  },
  {
    remedy:
      'It takes only connections with TLS: ask for it in the URL (?ssl={"verifyIdentity":true}) or in the options of the client.',
    codes: ['ER_SECURE_TRANSPORT_REQUIRED'],
    messages: /insecure transport/,
  },
  {
    remedy:
      'It speaks no TLS there: see whether host and port are right, or connect without (?sslmode=disable).',
    codes: [],
    // Of pg, and of Prisma, which has one code for all.
    messages: /does not support (?:SSL|TLS)/,
  },
  {
    remedy:
      'It speaks no TLS there: see whether host and port are right, or connect without (no ?ssl= in the URL).',
    codes: ['HANDSHAKE_NO_SSL_SUPPORT'],
  },
  {
    remedy:
      'It speaks no TLS there: see whether host and port are right, or connect without (for Redis, redis: in place of rediss:).',
    codes: ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
  },
  {
    remedy:
      'Its certificate is not signed by an authority that is known here: name the file of that one in NODE_EXTRA_CA_CERTS, or in the options of the driver.',
    codes: [
      ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'P1011'],
      ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
      'UNABLE_TO_GET_ISSUER_CERT',
    ],
    // mysql2 has one code for all.
    messages:
      /self[- ]signed certificate|unable to (?:verify the first|get (?:local )?issuer) certificate/,
  },
  {
    remedy:
      'Its certificate has expired, or is not valid yet: see the certificate, and the clock here.',
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    messages: /certificate has expired|certificate is not yet valid/,
  },
  {
    remedy: 'Its certificate is for another host: connect by a name that it is for.',
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
    messages: /does not match certificate's altnames/,
  },
  {
    remedy:
      'It cannot be reached, or speaks no TLS there: see whether host and port are right, and whether it runs.',
    mayPass: true,
    codes: ['TLS_NOT_ANSWERED'],
  },
  {
    remedy:
      'It ends connections as they are opened: ask for TLS if it wants that (rediss: in place of redis:), and see whether it is starting.',
    mayPass: true,
    codes: ['CLOSED_WHILE_OPENING'],
  },
  {
    remedy: 'A file that the URL names, as for a certificate, cannot be read: see its path.',
    codes: [],
    messages: /^(?:ENOENT|EACCES|EISDIR): .*, (?:open|read)\b/,
  },
];
