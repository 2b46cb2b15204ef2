// Row level security of PostgreSQL, which leaves rows out without an error.
import { type CatalogWarning, sessionsHidden } from '../session-catalog.js';

/**
 * The table, or all that a view reads, each with the role that reads it: a view's owner, unless the view has
 * `security_invoker` (PostgreSQL 15, CREATE VIEW). Roles that bypass policies, and owners unless they
 * are forced, see all (CREATE POLICY); so does who is under a policy whose condition is `true`.
 */
const isHidden = `
  WITH RECURSIVE reads (relation, reader) AS (
    SELECT to_regclass($1)::oid, (SELECT oid FROM pg_roles WHERE rolname = current_user)
    UNION
    SELECT d.refobjid, CASE WHEN EXISTS (
      SELECT 1 FROM pg_options_to_table(v.reloptions)
      WHERE option_name = 'security_invoker' AND option_value::boolean) THEN reader ELSE v.relowner END
    FROM reads JOIN pg_class AS v ON v.oid = relation AND v.relkind = 'v'
    JOIN pg_rewrite AS w ON w.ev_class = v.oid
    JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid)
  SELECT bool_or(NOT COALESCE((
    SELECT bool_or(p.polpermissive AND p.is_true) AND bool_and(p.polpermissive OR p.is_true) FROM (
      SELECT polpermissive, pg_get_expr(polqual, polrelid) = 'true' AS is_true FROM pg_policy
      WHERE polrelid = c.oid AND polcmd IN ('*', 'r')
        AND EXISTS (SELECT 1 FROM unnest(polroles) AS r WHERE r = 0 OR pg_has_role(reader, r, 'USAGE'))) AS p),
    false)) AS hidden
  FROM reads JOIN pg_class AS c ON c.oid = relation JOIN pg_roles AS a ON a.oid = reader
  WHERE c.relrowsecurity AND NOT (a.rolsuper OR a.rolbypassrls)
    AND (c.relforcerowsecurity OR NOT pg_has_role(reader, c.relowner, 'USAGE'))`;

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
