// What MySQL and MariaDB tell of a table, for whichever client asks.
import type { CatalogWarning } from '../../session-catalog.js';
import type { DateTypes } from '../sql/date-columns.js';
import type { Rows } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';

/** The columns of a table of the connection's database; none if there is no such table. */
export async function mysqlColumns(rows: Rows, table: string): Promise<ColumnFound[]> {
  const found = await rows(
    `SELECT COLUMN_NAME AS name, CHARACTER_MAXIMUM_LENGTH AS characters, CHARACTER_OCTET_LENGTH AS bytes,
       DATA_TYPE AS type, IS_NULLABLE AS nullable, EXTRA AS extra, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
     FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  const declarations = found.length === 0 ? [] : await mysqlDeclarations(rows, table);
  return found.map(({ name, characters, bytes, type, nullable, extra, charset, collation }) => ({
    name: String(name),
    type: String(type),
    // CHAR and VARCHAR count characters; TINYTEXT, TEXT and the binary types count bytes.
    ...(/^(var)?char$/i.test(String(type)) || !isUtf8(charset)
      ? { length: numberOf(characters), unit: 'characters' }
      : { length: numberOf(bytes), unit: 'bytes' }),
    declaration:
      declarationOf(String(name), declarations) ??
      [
        ...(isWord(collation) ? [`CHARACTER SET ${charset} COLLATE ${collation}`] : []),
        ...(nullable === 'NO' ? ['NOT NULL'] : []),
      ].join(' '),
    isStamped: /on update/i.test(String(extra)),
    collation: isWord(charset) && isWord(collation) ? { charset, name: collation } : undefined,
  }));
}

/**
 * The lines that declare the columns of a table, among others. They alone say all that MODIFY COLUMN would take
 * away, such as a CHECK of MariaDB's. None of a view, or where the user may not see them.
 */
async function mysqlDeclarations(rows: Rows, table: string): Promise<string[]> {
  try {
    const [row] = await rows(`SHOW CREATE TABLE ${quoteMysql(table)}`, []);
    return String(row?.['Create Table']).split('\n');
  } catch {
    return [];
  }
}

/** What follows the type of a column: its character set, its default, its comment. */
function declarationOf(name: string, lines: readonly string[]): string | undefined {
  // In the SQL mode ANSI_QUOTES names have other quotes.
  const starts = [quoteMysql(name), `"${name.replaceAll('"', '""')}"`].map((one) => `  ${one} `);
  for (const line of lines) {
    const start = starts.find((one) => line.startsWith(one));
    if (start === undefined) continue;
    return line
      .slice(start.length)
      .replace(/^[a-z]+(?:\(\d+\))? ?/i, '')
      .replace(/,$/, '');
  }
  return undefined;
}

/** About how many rows a table has; 0 if that is not known. */
export async function estimateMysqlRows(rows: Rows, table: string): Promise<number> {
  const [row] = await rows(
    `SELECT TABLE_ROWS AS estimate FROM INFORMATION_SCHEMA.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  return Number(row?.estimate ?? 0);
}

/**
 * Whether a statement that fails leaves a table as it was. In one of MyISAM the rows before the one at fault
 * stay, and a value that does not fit is made to fit in all rows but the first.
 */
export async function isMysqlTransactional(rows: Rows, table: string): Promise<boolean> {
  const [row] = await rows(
    `SELECT TRANSACTIONS AS yes FROM INFORMATION_SCHEMA.ENGINES JOIN INFORMATION_SCHEMA.TABLES USING (ENGINE)
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  return row?.yes === 'YES';
}

/** Prisma and Drizzle have columns of dates; the official storage writes numbers. */
export const mysqlDateTypes: DateTypes = new Map([
  ['timestamp', 'clock'],
  ['datetime', 'clock'],
  ['text', 'text'],
]);

/** A column of dates as the clock that it holds: drivers take that for local time. */
export function mysqlDateAsText({ name, type }: ColumnFound): string | undefined {
  if (mysqlDateTypes.get(type ?? '') !== 'clock') return undefined;
  return `CAST(${quoteMysql(name)} AS CHAR)`;
}

/** The statement that makes a column hold `length` characters. */
export function widenMysqlColumn(
  table: string,
  { name, type = '', declaration = '' }: ColumnFound,
  length: number,
): string {
  const wide = `${/binary|blob/i.test(type) ? 'varbinary' : 'varchar'}(${length})`;
  const column = `${quoteMysql(name)} ${wide} ${declaration}`.trimEnd();
  return `ALTER TABLE ${quoteMysql(table)} MODIFY COLUMN ${column};`;
}

/** What is dangerous in the way that the database is set up. */
export async function mysqlFindings(rows: Rows): Promise<CatalogWarning[]> {
  const [row] = await rows('SELECT @@sql_mode AS mode', []);
  if (/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode))) return [];
  const message =
    'The sql_mode of this database is not strict: what is too long for its column is cut without an error, and a token that is cut is lost. Add STRICT_TRANS_TABLES to sql_mode.';
  return [{ code: 'SQL_MODE_NOT_STRICT', message }];
}

export const quoteMysql = (identifier: string): string => `\`${identifier.replaceAll('`', '``')}\``;

/**
 * A parameter that is compared in the order in which a column is sorted: one of another character set
 * could have the column compared in an order of its own, which is not the order of its index.
 */
export const collatedMysql = (parameter: string, { collation }: ColumnFound): string =>
  collation === undefined
    ? parameter
    : `CONVERT(${parameter} USING ${collation.charset}) COLLATE ${collation.name}`;

/** A text byte for byte: MySQL's own comparison takes texts that differ in case for equal. */
export const mysqlBytes = (text: string): string =>
  `CAST(CONVERT(${text} USING utf8mb4) AS BINARY)`;

const isWord = (name: unknown): name is string => typeof name === 'string' && /^\w+$/.test(name);

const numberOf = (value: unknown) =>
  value === null || value === undefined ? undefined : Number(value);

/** Text of the binary types, which have no character set, is stored in UTF-8 as well. */
const isUtf8 = (charset: unknown) => charset === null || /^utf8/i.test(String(charset));
