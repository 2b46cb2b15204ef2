// Finds out whether an official SQL storage has a column for refresh tokens.

/** The members of the official SQL storages that tell. Their releases all have them. */
interface SqlStorageMembers {
  readonly options?: { readonly sessionTableName?: unknown };
  readonly migrator?: {
    getMigrationList?(): readonly { readonly migrationName?: unknown }[];
  };
}

/**
 * Whether '' may be written to the refresh token of a session that has none.
 *
 * Session of shopify-api 12.2 and 12.3 has refresh tokens, and the tables of the PostgreSQL, MySQL
 * and SQLite storages made for shopify-api 12 (their releases 5) have no column for them. Those
 * storages write just the properties that a session has, so '' would be an unknown column. Releases
 * with the column add it to older tables by a migration, which is looked for here.
 */
export function hasRefreshTokenColumn(inner: object): boolean {
  const { options, migrator } = inner as SqlStorageMembers;
  if (typeof options?.sessionTableName !== 'string') return true;
  const migrations: unknown = migrator?.getMigrationList?.();
  if (!Array.isArray(migrations)) return true;
  return migrations.some(({ migrationName }) => /refreshtoken/i.test(String(migrationName)));
}
