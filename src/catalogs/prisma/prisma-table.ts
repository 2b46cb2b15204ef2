// The table behind a Prisma model: how much text its columns hold, about how many rows it has, and
// statements that replace several rows, which Prisma's own interface does not have.
import { replaceMysqlRows } from '../mysql/mysql-batch.js';
import {
  estimateMysqlRows,
  mysqlColumns,
  mysqlFindings,
  widenMysqlColumn,
} from '../mysql/mysql-table.js';
import { postgresqlBatch } from '../postgresql/postgresql-batch.js';
import {
  estimatePostgresqlRows,
  postgresqlColumns,
  qualifiedPostgresql,
  quotePostgresql,
  widenPostgresqlColumn,
} from '../postgresql/postgresql-table.js';
import { partsOf, type RowBatch } from '../sql/row-batch.js';
import type { Row } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';
import { sqliteBatch, sqliteRowsAtOnce } from '../sqlite/sqlite-batch.js';
import { type DescribedTable, describedTable } from './described-client.js';

export interface PrismaTable {
  /** How much text a field holds, where that is known and limited. */
  limitOf(field: string): Pick<ColumnFound, 'length' | 'unit'>;
  /** How to make a field hold `length` characters. */
  widen(field: string, length: number): string;
  findings(): Promise<string[]>;
  /** About how many rows the table has; 0 if that is not known. */
  estimate(): Promise<number>;
  /** Replaces the rows that are as they were read, and answers their ids. */
  readonly replaceRows: ((batch: RowBatch) => Promise<string[]>) | undefined;
}

/** What one kind of database does its own way, on columns as it has them. */
interface Dialect {
  readonly columns: readonly ColumnFound[];
  widen(column: ColumnFound, length: number): string;
  readonly findings?: () => Promise<string[]>;
  estimate(): Promise<number>;
  replaceRows(batch: RowBatch): Promise<string[]>;
}

/** Nothing is known, as where texts have no limit. */
const unknown: PrismaTable = {
  limitOf: () => ({}),
  widen: () => '',
  findings: async () => [],
  estimate: async () => 0,
  replaceRows: undefined,
};

/**
 * @param name The model's name in the client, such as `session`.
 * @returns What the database reports. It helps before a value is too long: a client or a database that
 * does not report it must not make this fail.
 */
export async function prismaTable(prisma: object, name: string): Promise<PrismaTable> {
  const table = describedTable(prisma, name);
  const dialect = table && (await dialectOf(table).catch(() => undefined));
  if (table === undefined || dialect === undefined) return unknown;
  const columnOf = (field: string): ColumnFound => {
    const column = table.columnOf(field);
    return dialect.columns.find((found) => found.name === column) ?? { name: column };
  };
  return {
    limitOf: (field) => {
      const { length, unit } = columnOf(field);
      return { length, unit };
    },
    widen: (field, length) =>
      `${dialect.widen(columnOf(field), length)} In schema.prisma, give ${field} the attribute @db.VarChar(${length}).`,
    findings: dialect.findings ?? (async () => []),
    estimate: () => dialect.estimate(),
    replaceRows: (batch) =>
      dialect.replaceRows({
        id: columnOf(batch.id.name),
        columns: batch.columns.map((one) => ({ ...one, found: columnOf(one.found.name) })),
        empty: batch.empty.map((one) => ({ ...one, found: columnOf(one.found.name) })),
        rows: batch.rows,
      }),
  };
}

async function dialectOf(table: DescribedTable): Promise<Dialect | undefined> {
  switch (table.database) {
    case 'mysql':
      return mysqlDialect(table);
    case 'postgresql':
      return postgresqlDialect(table);
    case 'sqlite':
      return sqliteDialect(table);
    default:
      return undefined;
  }
}

async function mysqlDialect({ name, rows, change }: DescribedTable): Promise<Dialect> {
  return {
    columns: await mysqlColumns(rows, name),
    widen: (column, length) => widenMysqlColumn(name, column, length),
    findings: () => mysqlFindings(rows),
    estimate: () => estimateMysqlRows(rows, name),
    replaceRows: (batch) => replaceMysqlRows({ change, rows }, name, batch),
  };
}

async function postgresqlDialect({ name, schema, rows }: DescribedTable): Promise<Dialect> {
  const names = { table: qualifiedPostgresql(name, schema), quote: quotePostgresql };
  return {
    columns: await postgresqlColumns(rows, name, schema),
    widen: (column, length) => widenPostgresqlColumn(name, column, length, schema),
    estimate: () => estimatePostgresqlRows(rows, name, schema),
    async replaceRows(batch) {
      const { sql, values } = postgresqlBatch(names, batch);
      return idsOf(await rows(sql, values));
    },
  };
}

async function sqliteDialect({ name, rows }: DescribedTable): Promise<Dialect> {
  const names = { table: quotePostgresql(name), quote: quotePostgresql };
  return {
    columns: [],
    widen: () => '',
    async estimate() {
      // SQLite has no estimate, and counts a million rows in no time.
      const [row] = await rows(`SELECT COUNT(*) AS estimate FROM ${names.table}`, []);
      return Number(row?.estimate ?? 0);
    },
    async replaceRows(batch) {
      const replaced: string[] = [];
      for (const part of partsOf(batch, sqliteRowsAtOnce(batch))) {
        const { sql, values } = sqliteBatch(names, part);
        replaced.push(...idsOf(await rows(sql, values)));
      }
      return replaced;
    },
  };
}

function idsOf(rows: readonly Row[]): string[] {
  return rows.map(({ id }) => String(id));
}
