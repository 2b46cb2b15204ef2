// Reads the URL of a session store. It may hold a password, so no part of it gets into an error.
import { OptionInvalidError } from '../errors.js';
import { assertReadableUrl, type StoreKind, schemeOf, storeKind } from '../store-url.js';
import { settleDriverOptions } from './driver-options.js';
import { takeUrlOptions } from './url-options.js';

export interface StoreUrl {
  readonly kind: StoreKind;
  /** The URL without our own parameters, for the driver. */
  readonly url: string;
  /** Our own parameters, numbers as numbers. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** @throws OptionInvalidError if it is not the URL of a session store, or has an option that is invalid. */
export function parseStoreUrl(url: string): StoreUrl {
  const kind = storeKind(url);
  if (kind === undefined) throw unknownUrl(url, 'sqlite: or memory:');
  assertReadableUrl(url);
  const [address = '', query = ''] = cutAt(url, '?');
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
  if (scheme === 'file') return ' For an SQLite file, write sqlite: in place of file:.';
  if (scheme === 'mongodb' || scheme === 'mongodb+srv') {
    return ' For MongoDB, wrap the storage of @shopify/shopify-app-session-storage-mongodb.';
  }
  return '';
}

/** The parts before and after the last `mark` that is not in the address. */
function cutAt(url: string, mark: string): [string, string] {
  const at = url.lastIndexOf(mark);
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}
