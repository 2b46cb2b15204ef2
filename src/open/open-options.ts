// The options of openSessionStorage: those of KeyvSessionStorage, and where in a database to look.
import { accepted, checkedOptions, type OptionChecks } from '../checked-options.js';
import { hasMembers } from '../foreign-object.js';
import {
  type KeyvSessionStorageOptions,
  type ResolvedOptions,
  recordOptionChecks,
} from '../keyv-session-storage/index.js';
import type { SessionLike } from '../session.js';
import type { StoreKind } from '../store-url.js';
import { assertEffect, inUrl } from './url-options.js';

/** The table of an SQL store, unless it is named. Not `keyv`, which any `keyv.clear()` empties. */
export const defaultTable = 'shopify_session_records';

/** How `openSessionStorage` behaves. */
export interface OpenSessionStorageOptions<S extends SessionLike>
  extends KeyvSessionStorageOptions<S> {
  /** The table, in an SQL database: lower-case letters, digits and `_`. Default: `shopify_session_records`. */
  readonly table?: string | undefined;
  /** The schema of the table, in PostgreSQL. Default: the first of the role's `search_path`. */
  readonly schema?: string | undefined;
}

export interface ResolvedOpenOptions extends ResolvedOptions {
  readonly table: string;
  readonly schema: string | undefined;
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z_][a-z0-9_]{0,62}$/.test(value);
const name = accepted(isName, 'up to 63 lower-case letters, digits and _');

const checks: OptionChecks<ResolvedOpenOptions> = {
  ...recordOptionChecks,
  table: (value, option) => name(value, option) ?? defaultTable,
  schema: name,
};

/**
 * The options with their defaults. What the options say goes before what the URL says.
 *
 * @param kind Where it is to be opened.
 * @throws OptionInvalidError if one does not exist, is invalid or would do nothing.
 */
export function resolveOpenOptions(
  options: unknown,
  fromUrl: Readonly<Record<string, unknown>>,
  kind: StoreKind,
): ResolvedOpenOptions {
  // Checked as they were given first: a mistake must be named as it was made.
  const checked = checkedOptions('openSessionStorage', options, checks);
  const given = hasMembers(options) ? options : {};
  const completed = {
    deadline: checks.deadline(fromUrl.deadline, inUrl('deadline')),
    prefix: checks.prefix(fromUrl.prefix, inUrl('prefix')),
    table: checks.table(fromUrl.table, inUrl('table')),
    schema: checks.schema(fromUrl.schema, inUrl('schema')),
  };
  const isGiven = (option: string) => given[option] !== undefined;
  for (const option of ['schema', 'table'] as const) {
    if (isGiven(option)) assertEffect(option, kind, (one) => one);
  }
  return {
    ...checked,
    deadline: isGiven('deadline') ? checked.deadline : completed.deadline,
    prefix: isGiven('prefix') ? checked.prefix : completed.prefix,
    table: isGiven('table') ? checked.table : completed.table,
    schema: isGiven('schema') ? checked.schema : completed.schema,
  };
}
