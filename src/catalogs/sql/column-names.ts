// Which column is meant by a name: PostgreSQL's were once in lower case, and an app may have its own in snake_case.
import { OptionInvalidError } from '../../errors.js';

/** `accessToken`, `accesstoken` and `access_token` as one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** Columns by their plain names. */
export function byPlainName<Column extends { readonly name: string }>(
  columns: readonly Column[],
): Map<string, Column> {
  return new Map(columns.map((column) => [plainName(column.name), column]));
}

/**
 * Checks that it is certain which column is meant by a name: what the app keeps in another would be passed over,
 * and with it the key that sealed it.
 *
 * @throws OptionInvalidError if the table has two for one of `names`.
 */
export function assertOneOfEach(
  table: string,
  columns: readonly { readonly name: string }[],
  names: readonly { readonly name: string }[],
): void {
  for (const { name } of names) {
    const [one, other] = columns.filter((column) => plainName(column.name) === plainName(name));
    if (one === undefined || other === undefined) continue;
    throw new OptionInvalidError(
      `Table "${table}" has two columns for ${name}: ${one.name} and ${other.name}. ` +
        'Remove or rename the one that the app does not use.',
    );
  }
}
