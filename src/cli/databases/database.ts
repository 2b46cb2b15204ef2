// What is asked of a database in which sessions are looked for. Nothing is written.
import { memberOf } from '../../foreign-object.js';
import { anySessionRecordStart } from '../../keyv-session-storage/index.js';
import type { Catalog } from '../catalog.js';
import type { FoundLayout, FoundTable } from '../found-layout.js';

/** How long a connection may take, in milliseconds. */
export const connectTimeout = 10_000;

export interface Database {
  /** The name of the database, for a URL that does not say it. Where a server has names for them. */
  name?(): Promise<unknown>;
  /** What no other server, or database on it, answers. Where there is a server, and the user may ask. */
  identity?(): Promise<unknown>;
  /** What may hold sessions. */
  tables(): Promise<FoundTable[]>;
  /** Whether that is many calls, each of which keeps to the deadline by itself. */
  readonly looksInSteps?: boolean;
  /** What else may hold sessions, where that is not looked for to choose from it. */
  moreTables?(): Promise<FoundTable[]>;
  /** Whether there is a session in a place that may hold some. */
  holdsSessions(place: FoundLayout): Promise<boolean>;
  /**
   * What the keys of records of sessions start with in a table, apart from `except`; undefined for rows that are
   * hidden. Where records are in tables.
   */
  recordPrefixes?(place: FoundLayout, except: string | undefined): Promise<(string | undefined)[]>;
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
    const reads = memberOf(row, 'reads');
    const place = {
      name,
      home,
      ...(schema === undefined ? {} : { schema }),
      ...(Array.isArray(reads) ? { reads: reads.map(String) } : {}),
    };
    const key = JSON.stringify([name, schema]);
    const table = tables.get(key) ?? { ...place, columns: [] };
    table.columns.push(column);
    tables.set(key, table);
  }
  return [...tables.values()];
}

/** A query that answers a row if there is one in a table. */
export const anyRow = (table: string) => `SELECT 1 FROM ${table} LIMIT 1`;

/** How a database writes what is asked of a table of records. */
export interface RecordSql {
  /** The column of that name, which is a word of MySQL's own. */
  readonly key: string;
  readonly parameter: string;
  /** The function that finds a text in another. */
  readonly position: string;
  /** A column of any type as text of which capital letters are told apart. */
  text(column: string): string;
}

/** How many prefixes are named at most. */
const prefixesAtMost = 20;

/** A record as it is stored, or as the text within another JSON, where each quotation mark follows a backslash. */
const patterns = [
  `${anySessionRecordStart}%`,
  `%${anySessionRecordStart.replaceAll('"', '_"')}%`,
] as const;

/** A query for what the keys of records start with: any table may have a key and a value, so it looks at both. */
export function prefixesQuery(
  table: string,
  except: string | undefined,
  sql: RecordSql,
): [string, string[]] {
  const [key, value] = [sql.text(sql.key), sql.text('value')];
  const start = except === undefined ? '' : `${except}:id:`;
  const isOther =
    except === undefined ? '' : `substr(${key}, 1, ${[...start].length}) <> ${sql.parameter} AND `;
  const isRecord = patterns.map((pattern) => `${value} LIKE '${pattern}'`).join(' OR ');
  return [
    `SELECT DISTINCT substr(${key}, 1, ${sql.position}(${key}, ':id:') - 1) AS prefix FROM ${table}
     WHERE ${isOther}${key} LIKE '%:id:%' AND (${isRecord}) LIMIT ${prefixesAtMost}`,
    except === undefined ? [] : [start],
  ];
}

export const prefixesOf = (rows: unknown): string[] =>
  Array.isArray(rows) ? rows.map((row) => String(memberOf(row, 'prefix'))) : [];

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
