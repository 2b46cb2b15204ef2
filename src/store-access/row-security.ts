// Row level security of PostgreSQL, which leaves rows out without an error.
import { type CatalogWarning, sessionsHidden } from '../session-catalog.js';

/** A policy whose condition is `true` hides nothing, as one that lets the app's role see all. */
const isHidden = `
  SELECT row_security_active(c.oid) AND NOT COALESCE((
    SELECT bool_or(p.polpermissive AND p.is_true) AND bool_and(p.polpermissive OR p.is_true) FROM (
      SELECT polpermissive, pg_get_expr(polqual, polrelid) = 'true' AS is_true FROM pg_policy
      WHERE polrelid = c.oid AND polcmd IN ('*', 'r')
        AND EXISTS (SELECT 1 FROM unnest(polroles) AS r WHERE r = 0 OR pg_has_role(r, 'USAGE'))) AS p),
    false) AS hidden
  FROM pg_class AS c WHERE c.oid = to_regclass($1)`;

/**
 * A finding if a policy may hide rows of a table from the connection's role.
 *
 * @param table As it is written in SQL.
 */
export async function hiddenRows(
  rows: (
    sql: string,
    values: readonly unknown[],
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>,
  table: string,
): Promise<CatalogWarning[]> {
  const [row] = await rows(isHidden, [table]);
  if (row?.hidden !== true) return [];
  const message =
    `Row level security may hide sessions of table ${table} from this user. Use one that sees them all: ` +
    'with BYPASSRLS, or with a policy whose condition is true.';
  return [{ code: sessionsHidden, message }];
}
