// What the clients of Redis do not say when a connection cannot be opened: that TLS may be why.
import { type Members, memberOf } from '../../foreign-object.js';
import { isLostConnection } from '../driver-errors.js';

export function speaksTls({ options }: Members): boolean {
  // Of node-redis, and of the clients that descend from ioredis.
  const tls = memberOf(memberOf(options, 'socket') ?? options, 'tls');
  return tls !== undefined && tls !== false;
}

/** A server that does not speak TLS takes what a client begins with for a command, and waits for its end. */
export function tlsNotAnswered(cause?: unknown): Error {
  const error = new Error('The TLS handshake was not answered.', { cause });
  return Object.assign(error, { code: 'TLS_NOT_ANSWERED' });
}

/** The error to throw for one of a connection that was being opened. */
export function openingError(error: unknown, client: Members): unknown {
  const isLost = isLostConnection(error);
  if (speaksTls(client)) {
    const isLate = /^connect(?:ion timeout| ETIMEDOUT)/i.test(String(memberOf(error, 'message')));
    return isLost || isLate ? tlsNotAnswered(error) : error;
  }
  if (!isLost) return error;
  const closed = new Error('The connection was closed while it was being opened.', {
    cause: error,
  });
  return Object.assign(closed, { code: 'CLOSED_WHILE_OPENING' });
}
