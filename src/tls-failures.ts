// How stores fail over TLS, and what mends that.
import type { FailureKind } from './failure-kind.js';

export const tlsFailures: readonly FailureKind[] = [
  {
    remedy:
      'It takes only connections with TLS: ask for it in the URL (rediss:, ?sslmode=verify-full, ?ssl={"verifyIdentity":true}) or in the options of the client.',
    codes: ['ER_SECURE_TRANSPORT_REQUIRED'],
    messages:
      /no pg_hba\.conf entry .*(?:no encryption|SSL off)|insecure transport|connection is insecure/,
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
      'It speaks no TLS there: see whether host and port are right, or connect without (redis: in place of rediss:).',
    codes: [
      ...['HANDSHAKE_NO_SSL_SUPPORT', 'ERR_SSL_WRONG_VERSION_NUMBER'],
      'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    ],
    messages: /does not support SSL/,
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
