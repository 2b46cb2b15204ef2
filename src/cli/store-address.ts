// Reads what --store, --from or --to name: a URL, or the environment variable that holds one.
import { OptionInvalidError } from '../index.js';
import { isSetInEnvFile } from '../key-ring/internal.js';
import { parseStoreUrl } from '../open/parse-store-url.js';
import { unknownUrl } from '../open/unknown-url.js';
import { type StoreKind, shownUrl, sqliteUrlParts, storeKind } from '../store-url.js';
import { notSet, whyUnread } from './env-file.js';
import { optionNames } from './option-names.js';
import { hidePasswordOf } from './redact.js';

export interface StoreAddress {
  /** With the password, and with what it says about where sessions are. */
  readonly url: string;
  /** The same for the driver: without our own parameters. */
  readonly driverUrl: string;
  readonly kind: StoreKind;
  /** For people: without the user, the password and the options. */
  readonly shown: string;
  /** The file of SQLite. */
  readonly file: string | undefined;
  /** The table that the URL names, or the prefix in Redis. */
  readonly table: string | undefined;
  readonly schema: string | undefined;
  /** What keys start with, in the table that the URL names or in Redis. */
  readonly prefix: string | undefined;
  readonly deadline: unknown;
}

/** @throws {OptionInvalidError} It is not the URL of a store. Nothing of it is repeated. */
export function readStoreAddress(given: string, option: string): StoreAddress {
  const text = given.trim();
  const url = text.startsWith('env:') ? variable(text.slice(4), option) : text;
  hidePasswordOf(url);
  if (storeKind(url) === undefined) {
    assertNoName(url, option);
    throw unknownUrl(url, optionNames(option).catalog);
  }
  const { kind, url: driverUrl, options } = parseStoreUrl(url);
  const path = kind === 'sqlite' ? sqliteUrlParts(url).path : ':memory:';
  if (kind === 'memory' || (kind === 'sqlite' && path === ':memory:')) {
    throw new OptionInvalidError(
      `--${option}: that store is in the memory of this command, which nobody else sees. Name the one of the app.`,
    );
  }
  return {
    url,
    driverUrl,
    kind,
    shown: shownUrl(url),
    file: path === ':memory:' ? undefined : path,
    table: textOf(kind === 'redis' ? options.prefix : options.table),
    schema: textOf(options.schema),
    prefix: textOf(options.prefix),
    deadline: options.deadline,
  };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

const takesName = 'env: takes the name of an environment variable that holds the URL, not the URL.';
const withoutDollar = 'Write env: and the name, without the $.';

/** @throws {OptionInvalidError} It looks like a variable that was to be read, by us or by the shell. */
function assertNoName(text: string, option: string): void {
  if (text.startsWith('$')) {
    throw new OptionInvalidError(
      `--${option}: the shell has put no value in place of the variable. ${withoutDollar}`,
    );
  }
  if (!isConventionalName(text)) return;
  throw new OptionInvalidError(
    `--${option} takes a URL. For the one in an environment variable, write --${option} env:${text}.`,
  );
}

/** The value of a variable. */
function variable(name: string, option: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new OptionInvalidError(
      `--${option}: ${takesName}${name.startsWith('$') ? ` ${withoutDollar}` : ''}`,
    );
  }
  const value = process.env[name]?.trim() ?? '';
  if (value !== '') return value;
  const which = isConventionalName(name) ? `the environment variable ${name}` : 'that variable';
  throw new OptionInvalidError(
    `--${option}: ${which} is ${isSetInEnvFile([name]) ? whyUnread() : notSet()}`,
  );
}

/** Anything else may be a URL or a password in the wrong place, and is not repeated. */
function isConventionalName(text: string): boolean {
  return /^[A-Z][A-Z\d_]{0,63}$/.test(text);
}
