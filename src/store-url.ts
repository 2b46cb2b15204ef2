// Checks and shows the URL of a store, which holds a password.
import { OptionInvalidError } from './errors.js';

/** The kinds of stores that have a URL. */
export type StoreKind = 'memory' | 'mysql' | 'postgres' | 'redis' | 'sqlite';

const kinds: Readonly<Record<string, StoreKind>> = {
  memory: 'memory',
  mysql: 'mysql',
  mariadb: 'mysql',
  postgres: 'postgres',
  postgresql: 'postgres',
  redis: 'redis',
  rediss: 'redis',
  sqlite: 'sqlite',
};

/** What the URL of a store may start with. */
export const schemes: readonly string[] = Object.keys(kinds);

/** The URLs of all others name a server, and may hold a password. */
const withoutServer: readonly (StoreKind | undefined)[] = ['memory', 'sqlite', undefined];

/** The part before the first colon, in lower case; empty if there is none. */
export function schemeOf(url: string): string {
  return /^([a-z][a-z\d+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** Undefined if it is not the URL of a session store. */
export function storeKind(url: string): StoreKind | undefined {
  const scheme = schemeOf(url);
  return Object.hasOwn(kinds, scheme) ? kinds[scheme] : undefined;
}

/**
 * Refuses a URL that a driver could not read, or would read as another: the driver's own error
 * holds the URL, password included.
 *
 * @throws {OptionInvalidError} It cannot be read. It is not repeated.
 */
export function assertReadableUrl(url: string): void {
  if (/^sqlite:(?:\/\/)?[^/]*:[^/]*@/i.test(url)) {
    throw new OptionInvalidError(
      'The URL of an SQLite store names a file: it has no user, no password and no host.',
    );
  }
  // SQLite would open a database that is gone with the process.
  if (storeKind(url) === 'sqlite' && sqliteUrlParts(url).path === '') {
    throw new OptionInvalidError(
      'The URL of an SQLite store names no file: write its path after it, as in sqlite:sessions.db.',
    );
  }
  if (withoutServer.includes(storeKind(url))) return;
  // What follows would be a path, and the server that of the driver's defaults.
  if (!url.slice(schemeOf(url).length).startsWith('://')) {
    throw new OptionInvalidError(
      `The URL of a session store on a server goes on with //, as in ${schemeOf(url)}://localhost.`,
    );
  }
  const parts = hasLoosePassword(url) ? undefined : partsOf(url);
  if (parts !== undefined && hasReadableUser(parts, url)) {
    assertDatabaseName(parts, storeKind(url));
    return;
  }
  throw new OptionInvalidError(
    `The URL of the session store cannot be read: see its host and its port.${
      url.includes('@')
        ? ' Write special characters in the user and the password as encodeURIComponent does: %23 for #, ' +
          '%25 for %, %2F for /, %3F for ?, %40 for @.'
        : ''
    }`,
  );
}

/** Whether the URL names a database as its server does. PostgreSQL has one for each user. */
function assertDatabaseName({ pathname }: URL, kind: StoreKind | undefined): void {
  const database = pathname.slice(1);
  if (kind === 'mysql' && database === '') {
    throw new OptionInvalidError(
      'The URL of a MySQL database names none: write its name after the host, as in mysql://localhost:3306/app.',
    );
  }
  if (kind === 'redis' && !/^\d*$/.test(database)) {
    throw new OptionInvalidError(
      'The URL of a Redis names a database by its number, as in redis://localhost:6379/0.',
    );
  }
}

/** Whether the driver can decode user and password. `pg` leaves those as they are that it cannot. */
function hasReadableUser({ username, password }: URL, url: string): boolean {
  if (storeKind(url) === 'postgres') return true;
  try {
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}

/** Whether the URL names a database of its server. */
export function namesDatabase(url: string): boolean {
  const parts = partsOf(url);
  return parts === undefined || parts.pathname.length > 1;
}

/**
 * The parts of a URL; undefined if it cannot be read. One of PostgreSQL may have a user and no host, where
 * its query names a socket: `postgres://user:password@/app?host=/cloudsql/…`.
 */
export function partsOf(url: string): URL | undefined {
  const read = storeKind(url) === 'postgres' ? url.replace('@/', '@localhost/') : url;
  return URL.canParse(read) ? new URL(read) : undefined;
}

/** A URL for people: without user, password, query and fragment. */
export function shownUrl(url: string): string {
  const path = sqlitePath(url);
  if (path !== undefined) return path.includes('@') ? 'sqlite:' : `sqlite:${path}`;
  const parts = hasLoosePassword(url) ? undefined : partsOf(url);
  if (parts === undefined || withoutServer.includes(storeKind(url)))
    return url.replace(/:.*$/s, ':');
  return `${parts.protocol}//${parts.host}${parts.pathname === '/' ? '' : parts.pathname}`;
}

/** The file in `sqlite:path` or `sqlite://path`, without a query; an absolute one has a third slash. */
function sqlitePath(url: string): string | undefined {
  return /^sqlite:(?:\/\/)?([^?#]+)/i.exec(url)?.[1];
}

/** Whether what stands before an @ is not all before the host, as when a password has a # or a / in it. */
function hasLoosePassword(url: string): boolean {
  const rest = url.slice(url.indexOf('://') + 3);
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const elsewhere = rest.slice(authority.length).replace(/\?[^#]*/, '');
  return authority.includes('@') ? elsewhere.includes('@') : rest.includes('@');
}

/** The path in `sqlite:path` or `sqlite://path`, where an absolute one has a third slash, and the query. */
export function sqliteUrlParts(url: string): { readonly path: string; readonly query: string } {
  const [path = '', query = ''] = url.replace(/^sqlite:(\/\/)?/i, '').split('?');
  return { path, query };
}
