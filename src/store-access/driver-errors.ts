// What the errors of drivers mean: which pass by themselves, and which show that nothing was done.
import { hasMembers, memberOf } from '../foreign-object.js';
import { codeOf } from '../safe-cause.js';
import { isRefusedValue } from '../store-remedy.js';

/**
 * Codes of errors after which the same statement may succeed, and that left nothing behind.
 * PostgreSQL: https://www.postgresql.org/docs/current/errcodes-appendix.html
 * MySQL: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 * Prisma: https://www.prisma.io/docs/orm/reference/error-reference
 */
const passingCodes: ReadonlySet<string> = new Set([
  ...['40001', '40P01', '55P03'], // serialization failure, deadlock, lock not available
  ...['57P01', '57P02', '57P03', '53300'], // shutting down, crashed, starting up, too many connections
  // The connection was idle for too long, and was ended before this was read.
  ...['57P05', '25P03', 'ER_CLIENT_INTERACTION_TIMEOUT'],
  ...['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
  ...['ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS'],
  ...['P2034', 'P1008'], // write conflict or deadlock; SQLite's lock
]);

/** How Redis begins what it says while it starts, moves slots, fails over or runs a script. */
const passingRedisReply = /^(LOADING|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY) /;

/** MongoDB's WriteConflict. */
const mongodbWriteConflict = '112';

/** Whether the same statement may succeed when it is sent again, as after a deadlock. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  if (passingCodes.has(code) || isSqliteBusy(error)) return true;
  // This code is also that of queries in an hour.
  if (code === 'ER_USER_LIMIT_REACHED') return /max_user_connections/.test(messageOf(error));
  const name = String(memberOf(error, 'name'));
  if (code === mongodbWriteConflict) return name.startsWith('Mongo');
  return passingRedisReply.test(messageOf(error));
}

/**
 * Whether another connection has the lock of an SQLite database, which has one writer at a time, or the app
 * has a transaction open on this one.
 * SQLITE_BUSY is 5, SQLITE_LOCKED 6: https://sqlite.org/rescode.html
 */
export function isSqliteBusy(error: unknown): boolean {
  const primaryCode = Number(memberOf(error, 'errcode')) & 0xff;
  if (primaryCode === 5 || primaryCode === 6) return true;
  const text = `${codeOf(error)} ${messageOf(error)}`;
  return /SQLITE_(BUSY|LOCKED)|database (table )?is locked|transaction within a transaction/.test(
    text,
  );
}

/** A statement that was not sent, because its caller had stopped waiting or no connection was there. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

/** Errors of connections that were never there. */
const unsent = new WeakSet<object>();

/** Notes that `error` came while a connection was being opened, so that no statement was sent on it. */
export function noteUnsent(error: unknown): void {
  if (hasMembers(error)) unsent.add(error);
}

/** Errors of clients that send a statement again by themselves. */
const maybeRun = new WeakSet<object>();

/** Notes that the client may have sent the statement before, so that `error` does not show what became of it. */
export function noteMaybeRun(error: unknown): void {
  if (hasMembers(error)) maybeRun.add(error);
}

/** The last is Prisma's. */
const lostCodes = /^(ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST|P1017)$/;
const lostMessages =
  /^(Connection terminated|Socket closed unexpectedly|Disconnects client|Connection is closed|Can't add new command when connection is in closed state)|\bsocket has unexpectedly been closed$/;

/**
 * Whether the connection of a statement was lost, as when the server ends it as idle. Nobody knows
 * whether the statement was run.
 */
export function isLostConnection(error: unknown): boolean {
  if (hasMembers(error) && unsent.has(error)) return false;
  return lostCodes.test(codeOf(error) ?? '') || lostMessages.test(messageOf(error));
}

const unsentCodes = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const unsentNames = /^(NotSent|Abort|ClientClosed|ClientOffline|ConnectionTimeout)Error$/;

/** Whether `error` shows that its statement had no effect: it was not sent, or the store refused it. */
export function hadNoEffect(error: unknown): boolean {
  return isRefused(error) || isUnsent(error);
}

/** Whether the server answered the statement itself with an error, so that it had no effect. */
export function isRefused(error: unknown): boolean {
  return !mayBeRun(error) && !isUnsent(error) && isRefusal(error);
}

function isUnsent(error: unknown): boolean {
  if (mayBeRun(error)) return false;
  if (hasMembers(error) && unsent.has(error)) return true;
  if (namesOf(error).some((name) => unsentNames.test(name))) return true;
  return unsentCodes.test(codeOf(error) ?? '');
}

const mayBeRun = (error: unknown) => hasMembers(error) && maybeRun.has(error);

/** How Prisma repeats the code of a server: a number of MySQL's, or a state of PostgreSQL but of class 08, lost connections. */
const prismaSqlCode = /Raw query failed\. Code: `(?:[1345]\d{3}|(?!08)[0-9A-Z]{5})`/;

/** Whether the server itself answered with an error. */
function isRefusal(error: unknown): boolean {
  const isSql =
    memberOf(error, 'severity') !== undefined ||
    memberOf(error, 'sqlState') !== undefined ||
    memberOf(error, 'errcode') !== undefined ||
    /^SQLITE_/.test(codeOf(error) ?? '') ||
    (codeOf(error) === 'P2010' && prismaSqlCode.test(messageOf(error)));
  return isSql || isRedisReply(error) || isRefusedValue(error);
}

/** What the clients of Redis call an error that the server answered with. */
const redisReplyNames = /^(ReplyError|ErrorReply|SimpleError|BlobError)$/;

/** How the server begins it, for a client whose names a bundler has changed. */
const redisReplyCodes =
  /^(ASK|BUSY|CLUSTERDOWN|CROSSSLOT|ERR|EXECABORT|LOADING|MASTERDOWN|MISCONF|MOVED|NOAUTH|NOPERM|NOREPLICAS|NOSCRIPT|OOM|READONLY|TRYAGAIN|UNKILLABLE|WRONGPASS|WRONGTYPE) /;

/** Whether `error` is what a Redis server answered: other errors may begin in capitals too, as with "TLS". */
export function isRedisReply(error: unknown): boolean {
  return (
    namesOf(error).some((name) => redisReplyNames.test(name)) ||
    redisReplyCodes.test(messageOf(error))
  );
}

/** The name of an error, and of its class. */
function namesOf(error: unknown): string[] {
  return [memberOf(error, 'name'), memberOf(memberOf(error, 'constructor'), 'name')].map(String);
}

function messageOf(error: unknown): string {
  const message = memberOf(error, 'message');
  return typeof message === 'string' ? message : '';
}
