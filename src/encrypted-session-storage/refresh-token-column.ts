// Recognizes the official SQL storages that have a column for refresh tokens.
import { hasMethods, memberOf } from '../foreign-object.js';

/**
 * Whether '' is to be written as the refresh token of a session that has none.
 *
 * The official PostgreSQL, MySQL and SQLite storages write only the properties that a session has
 * (`toPropertyArray()` drops those that are undefined). PostgreSQL's keeps the old value of the others,
 * so a revoked token would stay. They are known by their table's name and their list of migrations,
 * which names the refresh tokens from the release on that has the column. Elsewhere '' could be an
 * unknown column.
 */
export function hasRefreshTokenColumn(inner: object): boolean {
  if (typeof memberOf(memberOf(inner, 'options'), 'sessionTableName') !== 'string') return false;
  const { migrator } = inner as { readonly migrator?: unknown };
  if (!hasMethods(migrator, 'getMigrationList')) return false;
  const migrations: unknown = migrator.getMigrationList();
  return (
    Array.isArray(migrations) &&
    migrations.some((migration) =>
      /refreshtoken/i.test(String(memberOf(migration, 'migrationName'))),
    )
  );
}
