// What is asked of a database in which sessions are looked for. Nothing is written.
import { memberOf } from '../../foreign-object.js';
import type { Catalog } from '../catalog.js';
import type { FoundLayout, FoundTable } from '../store-layout.js';

/** How long a connection may take, in milliseconds. */
export const connectTimeout = 10_000;

export interface Database {
  /** The name of the database, for a URL that does not say it. Where a server has names for them. */
  name?(): Promise<unknown>;
  /** What may hold sessions. */
  tables(): Promise<FoundTable[]>;
  /** Whether that is many calls, each of which keeps to the deadline by itself. */
  readonly looksInSteps?: boolean;
  /** What else may hold sessions, where that is not looked for to choose from it. */
  moreTables?(): Promise<FoundTable[]>;
  /** Whether there is a session in a place that may hold some. */
  holdsSessions(place: FoundLayout): Promise<boolean>;
  /** The catalog of a table of sessions; it closes the connection. */
  catalog(place: FoundLayout): Catalog;
  close(): Promise<unknown>;
}

/** One row for each column becomes one table for each name, in the order in which they are found. */
export function tablesOf(rows: unknown): FoundTable[] {
  const tables = new Map<string, FoundTable & { readonly columns: string[] }>();
  for (const row of Array.isArray(rows) ? rows : []) {
    const [name, column] = [String(memberOf(row, 'table')), String(memberOf(row, 'column'))];
    const [schema, home] = [textOf(memberOf(row, 'schema')), textOf(memberOf(row, 'home'))];
    const place = { name, home, ...(schema === undefined ? {} : { schema }) };
    const key = JSON.stringify([name, schema]);
    const table = tables.get(key) ?? { ...place, columns: [] };
    table.columns.push(column);
    tables.set(key, table);
  }
  return [...tables.values()];
}

/**
 * A query that answers a row if there is a session in a table.
 *
 * @param key The column of that name, which is a word of MySQL's own.
 * @param text The type to which every other type can be cast.
 */
export function anySession(table: string, { layout }: FoundLayout, key: string, text: string) {
  // Tables with a key and a value are of all kinds.
  const isRecord = `CAST(${key} AS ${text}) LIKE '%:id:%' AND CAST(value AS ${text}) LIKE '%session%'`;
  return `SELECT 1 FROM ${table} ${layout === 'records' ? `WHERE ${isRecord} ` : ''}LIMIT 1`;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
