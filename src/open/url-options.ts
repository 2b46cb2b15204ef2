// Our own options in the URL of a store. An error names the option; only a number of it is repeated, since
// text may be a secret in the wrong place.
import { nearest } from '../checked-options.js';
import { OptionInvalidError } from '../errors.js';
import type { StoreKind } from '../store-url.js';

/** Options that a URL's query may hold beside those of the driver. */
const names = ['deadline', 'prefix', 'schema', 'table'] as const;
type UrlOption = (typeof names)[number];

/** What errors call an option of a URL. */
export const inUrl = (name: UrlOption) => `?${name}= in the URL`;

/**
 * Takes our own options out of the query of a URL, numbers as numbers.
 *
 * @throws {OptionInvalidError} One is misspelt, stands there twice or without a value, or is not one of that kind of store.
 */
export function takeUrlOptions(
  parameters: URLSearchParams,
  kind: StoreKind,
): Readonly<Record<string, unknown>> {
  assertSpelling(parameters);
  const options: Record<string, unknown> = {};
  for (const name of names) {
    const [value, ...more] = parameters.getAll(name);
    if (value === undefined) continue;
    if (more.length > 0) {
      throw new OptionInvalidError(`?${name}= stands more than once in the URL.`);
    }
    if (value === '') throw new OptionInvalidError(`${inUrl(name)} has no value.`);
    assertEffect(name, kind, (one) => `?${one}=`);
    options[name] = name === 'deadline' ? deadlineFrom(value) : value;
    parameters.delete(name);
  }
  return options;
}

function deadlineFrom(value: string): number | undefined {
  const number = Number(value);
  if (!Number.isNaN(number)) return number;
  throw new OptionInvalidError(
    `${inUrl('deadline')} must be a whole number of milliseconds, such as 5000.`,
  );
}

/** @throws {OptionInvalidError} A driver would ignore one that is meant for us. */
function assertSpelling(parameters: URLSearchParams): void {
  for (const name of parameters.keys()) {
    const meant = names.some((one) => one === name) ? undefined : nearest(name, names);
    if (meant === undefined) continue;
    throw new OptionInvalidError(
      `The URL of a session store has no option ${JSON.stringify(name)}: ${meant} is meant, perhaps.`,
    );
  }
}

/**
 * @param shown What the error calls an option.
 * @throws {OptionInvalidError} It would do nothing.
 */
export function assertEffect(
  name: UrlOption,
  kind: StoreKind,
  shown: (name: UrlOption) => string,
): void {
  if (name === 'schema' && kind !== 'postgres') {
    throw new OptionInvalidError(
      `${shown('schema')} is for PostgreSQL. Elsewhere the URL or the client itself names the database.`,
    );
  }
  if (name === 'table' && (kind === 'redis' || kind === 'memory')) {
    throw new OptionInvalidError(
      `${shown('table')} is for SQL databases; Redis has ${shown('prefix')}, which the keys there start with.`,
    );
  }
}
