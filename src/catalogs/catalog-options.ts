// The options of the catalogs, checked: a misspelt one must not silently do nothing.
import { OptionInvalidError } from '../errors.js';

/** What every catalog can be told. */
export interface CatalogOptions {
  /** How long one call to the store may take, in milliseconds. Default: 30000. */
  readonly deadline?: number;
}

/** What setTimeout can wait for at most. */
const longestDeadline = 2 ** 31 - 1;

/**
 * The options with their defaults.
 *
 * @throws OptionInvalidError if an option does not exist or its value means nothing.
 */
export function resolveOptions<Names extends string>(
  catalog: string,
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<Names, string>>,
): Readonly<Record<Names, string>> & { readonly deadline: number } {
  const names = [...Object.keys(defaults), 'deadline'];
  const resolved: Record<string, unknown> = { ...defaults, deadline: 30_000 };
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) {
      throw new OptionInvalidError(
        `${catalog} has no option "${name}". It has ${names.join(', ')}.`,
      );
    }
    if (value !== undefined) resolved[name] = value;
  }
  for (const name of Object.keys(defaults)) {
    if (typeof resolved[name] !== 'string' || resolved[name] === '') {
      throw new OptionInvalidError(`${catalog}: ${name} must be a text that is not empty.`);
    }
  }
  const { deadline } = resolved;
  if (!(typeof deadline === 'number' && deadline > 0 && deadline <= longestDeadline)) {
    throw new OptionInvalidError(
      `${catalog}: deadline must be a number of milliseconds above 0 and up to ${longestDeadline}.`,
    );
  }
  return resolved as Readonly<Record<Names, string>> & { readonly deadline: number };
}

/**
 * Checks that a client is what a catalog can work with.
 *
 * @throws OptionInvalidError if a method is missing.
 */
export function assertMethods(client: unknown, methods: readonly string[], message: string): void {
  const members = client as Readonly<Record<string, unknown>> | null | undefined;
  const isObject = (typeof client === 'object' && client !== null) || typeof client === 'function';
  if (isObject && methods.every((method) => typeof members?.[method] === 'function')) return;
  throw new OptionInvalidError(message);
}
