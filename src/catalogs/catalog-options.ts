// The options of the catalogs.
import { checkedOptions, milliseconds, text } from '../checked-options.js';
import { OptionInvalidError } from '../errors.js';
import { hasMethods } from '../foreign-object.js';

/** What every catalog can be told. */
export interface CatalogOptions {
  /** How long one call to the store may take, in milliseconds. Default: 30000. */
  readonly deadline?: number | undefined;
}

export const catalogDeadline = milliseconds(30_000);

/**
 * The options with their defaults.
 *
 * @throws OptionInvalidError if an option does not exist or is invalid.
 */
export function catalogOptions<Defaults extends Readonly<Record<string, string | undefined>>>(
  catalog: string,
  given: unknown,
  defaults: Defaults,
): ResolvedOptions<Defaults> {
  const texts = Object.entries(defaults).map(([name, byDefault]) => [name, text(byDefault)]);
  const checks = { ...Object.fromEntries(texts), deadline: catalogDeadline };
  const checked = checkedOptions<Record<string, unknown>>(catalog, given, checks);
  return checked as ResolvedOptions<Defaults>;
}

/** Text where there is a default, else text or nothing. */
type ResolvedOptions<Defaults> = {
  readonly [Name in keyof Defaults]: Defaults[Name] extends string ? string : string | undefined;
} & { readonly deadline: number };

/**
 * Checks that a client is what a catalog can work with.
 *
 * @throws OptionInvalidError if a method is missing.
 */
export function assertMethods(client: unknown, methods: readonly string[], message: string): void {
  if (hasMethods(client, ...methods)) return;
  throw new OptionInvalidError(message);
}
