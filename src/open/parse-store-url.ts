// Reads the URL of a session store. It may hold a password, so no part of it gets into an error.
import { OptionInvalidError } from '../errors.js';
import { assertReadableUrl, type StoreKind, schemeOf, storeKind } from '../store-url.js';
import { settleDriverOptions } from './driver-options.js';
import { takeUrlOptions } from './url-options.js';

export interface StoreUrl {
  readonly kind: StoreKind;
  /** The URL without our own parameters, for the driver. */
  readonly url: string;
  /** Our own parameters, numbers as numbers. They are checked where they are used. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** @throws OptionInvalidError if it is not the URL of a session store, or has an option that is invalid. */
export function parseStoreUrl(text: string): StoreUrl {
  // A file or a secret that it was read from ends with a newline, which would be a part of a file's name.
  const url = text.trim();
  const kind = storeKind(url);
  if (kind === undefined) throw unknownUrl(url, 'sqlite: or memory:');
  assertReadableUrl(url);
  const mark = url.lastIndexOf('?');
  const [address, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const parameters = new URLSearchParams(query);
  const options = takeUrlOptions(parameters, kind);
  settleDriverOptions(parameters, kind, url);
  const rest = queryOf(parameters, query);
  // MySQL and PostgreSQL say `mariadb:` to nobody.
  const known = address.replace(/^mariadb:/i, 'mysql:');
  return { kind, url: rest === '' ? known : `${known}?${rest}`, options };
}

/** What is left of a query, as it was written: pg reads a URL with a loose % in the password in a way of its own. */
function queryOf(parameters: URLSearchParams, query: string): string {
  const kept = query
    .split('&')
    .filter((part) => [...new URLSearchParams(part)].every((one) => parameters.has(...one)));
  const known = new URLSearchParams(kept.join('&'));
  const added = [...parameters]
    .filter((one) => !known.has(...one))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [...kept, ...added].join('&');
}

/** @param last The last of the schemes that would do. */
export function unknownUrl(url: string, last: string): OptionInvalidError {
  const schemes = `redis:, rediss:, postgres:, mysql:${last.includes(' or ') ? ',' : ' or'} ${last}`;
  return new OptionInvalidError(`The URL of a session store starts with ${schemes}.${advice(url)}`);
}

function advice(url: string): string {
  const scheme = schemeOf(url);
  if (/^["'\u2018-\u201f]/.test(url)) {
    return ' This one starts with a quotation mark: remove the quotes around it.';
  }
  if (scheme === '' && /\.(?:db|sqlite3?)$/.test(url)) {
    return ' For an SQLite file, write sqlite: before its path.';
  }
  return Object.hasOwn(adviceOnSchemes, scheme) ? ` ${adviceOnSchemes[scheme]}` : '';
}

const needsClient =
  'No URL names sentinels, a cluster or a socket of Redis: use a client of redis, for a command with --catalog.';
const mongodb = 'For MongoDB, wrap the storage of @shopify/shopify-app-session-storage-mongodb.';
const prisma = "That is one of Prisma's own service: name the database behind it.";

/** What to write in place of URLs that others take. */
const adviceOnSchemes: Readonly<Record<string, string>> = {
  file: 'For an SQLite file, write sqlite: in place of file:.',
  sqlite3: 'For an SQLite file, write sqlite: in place of sqlite3:.',
  mongodb,
  'mongodb+srv': mongodb,
  valkey: 'For Valkey, write redis: in place of valkey:.',
  valkeys: 'For Valkey, write rediss: in place of valkeys:.',
  'redis+sentinel': needsClient,
  'redis-sentinel': needsClient,
  'redis+cluster': needsClient,
  'redis+unix': needsClient,
  unix: needsClient,
  mysql2: 'Write mysql: in place of mysql2:.',
  prisma,
  'prisma+postgres': prisma,
  jdbc: 'Leave out jdbc:.',
};
