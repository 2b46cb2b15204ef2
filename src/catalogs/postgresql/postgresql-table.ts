// What PostgreSQL says about a table, for any client.
import type { DateTypes } from '../sql/date-columns.js';
import type { Rows } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';

/** The columns of a table; none if there is no such table. Without a schema, the search path counts. */
export async function postgresqlColumns(
  rows: Rows,
  table: string,
  schema?: string,
): Promise<ColumnFound[]> {
  const found = await rows(
    `SELECT attname::text AS name, atttypid::regtype::text AS type,
       CASE WHEN atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND atttypmod > 4
         THEN atttypmod - 4 END AS length,
       getdatabaseencoding() = 'SQL_ASCII' AS counts_bytes
     FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [qualifiedPostgresql(table, schema)],
  );
  return found.map(({ name, type, length, counts_bytes: countsBytes }) => ({
    name: String(name),
    type: String(type),
    length: length === null ? undefined : Number(length),
    // A database without an encoding takes every byte for a character.
    unit: countsBytes === true ? 'bytes' : 'characters',
  }));
}

/** About how many rows a table has; 0 if that is not known. */
export async function estimatePostgresqlRows(
  rows: Rows,
  table: string,
  schema?: string,
): Promise<number> {
  // -1 until the table has been analyzed.
  const [row] = await rows(
    'SELECT GREATEST(reltuples, 0)::float8 AS estimate FROM pg_class WHERE oid = to_regclass($1)',
    [qualifiedPostgresql(table, schema)],
  );
  return Number(row?.estimate ?? 0);
}

/** Prisma and Drizzle have columns of dates; the official storage writes numbers. */
export const postgresqlDateTypes: DateTypes = new Map([
  ['timestamp without time zone', 'text'],
  ['timestamp with time zone', 'text'],
  ['text', 'text'],
]);

/** A column of dates as ISO 8601 text in UTC, whatever DateStyle and TimeZone are set for the role. */
export function postgresqlDateAsText({ name, type }: ColumnFound): string | undefined {
  if (type?.startsWith('timestamp ') !== true) return undefined;
  const column = quotePostgresql(name);
  const clock = type === 'timestamp with time zone' ? `${column} AT TIME ZONE 'UTC'` : column;
  return `to_char(${clock}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** The statement that makes a column hold `length` characters. */
export function widenPostgresqlColumn(
  table: string,
  { name }: ColumnFound,
  length: number,
  schema?: string,
): string {
  return `ALTER TABLE ${qualifiedPostgresql(table, schema)} ALTER COLUMN ${quotePostgresql(name)} TYPE varchar(${length});`;
}

export const quotePostgresql = (identifier: string): string =>
  `"${identifier.replaceAll('"', '""')}"`;

export function qualifiedPostgresql(table: string, schema: string | undefined): string {
  const name = quotePostgresql(table);
  return schema === undefined ? name : `${quotePostgresql(schema)}.${name}`;
}
