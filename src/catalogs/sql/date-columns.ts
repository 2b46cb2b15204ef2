// How dates are written in a column, by the type that it was declared with.
import { byPlainName, plainName } from './column-names.js';
import type { DateFormat, RowFormat } from './session-row.js';
import type { ColumnFound } from './session-table.js';

/** What a database's types of columns hold; a type that is missing holds what the official storage writes. */
export type DateTypes = ReadonlyMap<string, DateFormat>;

/** The formats of the two columns of dates. */
export function dateFormats(
  columns: readonly ColumnFound[],
  types: DateTypes,
  official: Pick<RowFormat, 'expires' | 'refreshTokenExpires'>,
): Pick<RowFormat, 'expires' | 'refreshTokenExpires'> {
  const byName = byPlainName(columns);
  const formatOf = (name: keyof typeof official) =>
    types.get(byName.get(plainName(name))?.type?.toLowerCase() ?? '') ?? official[name];
  return { expires: formatOf('expires'), refreshTokenExpires: formatOf('refreshTokenExpires') };
}
