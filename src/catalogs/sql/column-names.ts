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

/** How names of several words are written: as the official storages do, as PostgreSQL once did, in snake_case. */
const spellings: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toLowerCase(),
  (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
];

/** What a table of sessions knows a column by. */
interface KnownColumn {
  readonly name: string;
  readonly sealed?: true;
}

/** What tokens are bound to, and what may hold sealed user info as JSON. */
const neededByKeys = ['id', 'shop', 'onlineAccessInfo'];

/**
 * The columns of a table without those of the app's own that are called almost as one of a session. A session's is
 * written as the column of access tokens is.
 *
 * @throws OptionInvalidError if it is not certain which is meant by one of `names`: what the app keeps in another
 *   would be passed over, and with it the key that sealed it.
 */
export function withoutNamesakes<Column extends { readonly name: string }>(
  table: string,
  columns: readonly Column[],
  names: readonly KnownColumn[],
): Column[] {
  const alike = (name: string) => columns.filter((one) => plainName(one.name) === plainName(name));
  const [token] = alike('accessToken');
  const spelling = spellings.find((spelled) => spelled('accessToken') === token?.name);
  const namesakes = new Set<Column>();
  for (const { name, sealed } of names) {
    const found = alike(name);
    const [one, other] = found;
    if (one === undefined || other === undefined) continue;
    const meant = found.find((column) => column.name === (spelling?.(name) ?? name));
    if (meant === undefined || sealed || neededByKeys.includes(name)) {
      throw new OptionInvalidError(
        `Table "${table}" has two columns for ${name}: ${one.name} and ${other.name}. ` +
          'Remove or rename the one that the app does not use.',
      );
    }
    for (const column of found) if (column !== meant) namesakes.add(column);
  }
  return columns.filter((column) => !namesakes.has(column));
}
