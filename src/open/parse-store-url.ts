// Reads the URL of a session store. It may hold a password, so no part of it gets into an error.
import { assertReadableUrl, type StoreKind, storeKind } from '../store-url.js';
import { settleDriverOptions } from './driver-options.js';
import { unknownUrl } from './unknown-url.js';
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
  if (kind === undefined) throw unknownUrl(url);
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
