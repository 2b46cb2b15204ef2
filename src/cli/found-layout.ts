// What was found in a database that may hold sessions.
import type { LayoutName } from './layout-options.js';

/** A table or a kind of keys, as it was found. */
export interface FoundTable {
  readonly name: string;
  /** In PostgreSQL, where the table is not found by its name alone. */
  readonly schema?: string;
  /** Its schema in PostgreSQL in any case. */
  readonly home?: string | undefined;
  readonly columns: readonly string[];
  /** What a view reads, or of what a table is a part. */
  readonly reads?: readonly string[];
}

/** Where sessions are. */
export interface FoundLayout {
  readonly layout: LayoutName;
  readonly table: string;
  readonly schema?: string;
  readonly home?: string | undefined;
  /** In a table of records, what their keys start with, where that is not what the command looks for. */
  readonly prefix?: string;
  /** Why it could not be read whether there are any. */
  readonly unread?: 'failed' | 'late' | 'refused';
}
