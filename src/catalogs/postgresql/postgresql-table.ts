// What PostgreSQL tells of a table, for whichever client asks.
import type { Row } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';

type Rows = (sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** The columns of a table; none if there is no such table. Without a schema, the search path counts. */
export async function postgresqlColumns(
  rows: Rows,
  table: string,
  schema?: string,
): Promise<ColumnFound[]> {
  const found = await rows(
    `SELECT attname::text AS name,
       CASE WHEN atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND atttypmod > 4
         THEN atttypmod - 4 END AS length
     FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [qualified(table, schema)],
  );
  return found.map(({ name, length }) => ({
    name: String(name),
    length: length === null ? undefined : Number(length),
  }));
}

/** The statement that makes a column hold `length` characters. */
export function widenPostgresqlColumn(
  table: string,
  { name }: ColumnFound,
  length: number,
  schema?: string,
): string {
  return `ALTER TABLE ${qualified(table, schema)} ALTER COLUMN ${quotePostgresql(name)} TYPE varchar(${length});`;
}

export const quotePostgresql = (identifier: string): string =>
  `"${identifier.replaceAll('"', '""')}"`;

function qualified(table: string, schema: string | undefined): string {
  const name = quotePostgresql(table);
  return schema === undefined ? name : `${quotePostgresql(schema)}.${name}`;
}
