// Which column is meant by a name: PostgreSQL's were once in lower case, and an app may have its own in snake_case.

/** `accessToken`, `accesstoken` and `access_token` as one name. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}

/** Columns by their plain names; of two that have the same, the one that is written as ours are. */
export function byPlainName<Column extends { readonly name: string }>(
  columns: readonly Column[],
): Map<string, Column> {
  const isSnakeCase = ({ name }: Column) => name.includes('_');
  const lastWins = [...columns.filter(isSnakeCase), ...columns.filter((one) => !isSnakeCase(one))];
  return new Map(lastWins.map((column) => [plainName(column.name), column]));
}
