// The table behind a Prisma model: how much text its columns hold, about how many rows it has, and
// statements that replace several rows, which Prisma's own interface does not have.

import type { CatalogWarning } from '../../session-catalog.js';
import type { Send } from '../../store-access/index.js';
import { hiddenRows } from '../../store-access/row-security.js';
import { replaceMysqlRows } from '../mysql/mysql-batch.js';
import {
  estimateMysqlRows,
  isMysqlTransactional,
  mysqlColumns,
  mysqlFindings,
  widenMysqlColumn,
} from '../mysql/mysql-table.js';
import { replacePostgresqlRows } from '../postgresql/postgresql-batch.js';
import {
  estimatePostgresqlRows,
  postgresqlColumns,
  qualifiedPostgresql,
  widenPostgresqlColumn,
} from '../postgresql/postgresql-table.js';
import type { RowBatch } from '../sql/row-batch.js';
import type { StatementRunner } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';
import {
  type ModelTable,
  modelTable,
  type PrismaModelMap,
  type SqlClient,
  sqlClient,
} from './model-table.js';
import type { PrismaConnections } from './prisma-connections.js';

export interface PrismaTable {
  /** How much text a field holds, where that is known and limited. */
  limitOf(field: string): Pick<ColumnFound, 'length' | 'unit'>;
  /** How to make a field hold `length` characters. */
  widen(field: string, length: number): string;
  findings(): Promise<CatalogWarning[]>;
  /** About how many rows the table has; 0 if that is not known. */
  estimate(): Promise<number>;
  /** Whether a statement that fails leaves the table as it was. */
  isTransactional(): Promise<boolean>;
  /** Replaces the rows that are as they were read, and answers their ids. */
  readonly replaceRows: ((batch: RowBatch, send: Send) => Promise<string[]>) | undefined;
}

/** Whose table it is. */
export interface Model {
  /** Its name in the client, such as `session`. */
  readonly name: string;
  readonly fields: readonly string[];
  readonly map: PrismaModelMap | undefined;
}

/** What one kind of database does its own way. */
interface Dialect {
  columns(sql: SqlClient, table: string, schema: string | undefined): Promise<ColumnFound[]>;
  widen(table: ModelTable, column: ColumnFound, length: number): string;
  findings(sql: SqlClient, table: ModelTable): Promise<CatalogWarning[]>;
  estimate(sql: SqlClient, table: ModelTable): Promise<number>;
  isTransactional(sql: SqlClient, table: ModelTable): Promise<boolean>;
  replaceRows(
    runner: StatementRunner,
    table: ModelTable,
    batch: RowBatch,
    send: Send,
  ): Promise<string[]>;
}

const mysql: Dialect = {
  columns: ({ rows }, table) => mysqlColumns(rows, table),
  widen: ({ name }, column, length) => widenMysqlColumn(name, column, length),
  findings: ({ rows }) => mysqlFindings(rows),
  estimate: ({ rows }, { name }) => estimateMysqlRows(rows, name),
  isTransactional: ({ rows }, { name }) => isMysqlTransactional(rows, name),
  replaceRows: (runner, { name }, batch, send) => replaceMysqlRows(runner, name, batch, send),
};

const postgresql: Dialect = {
  columns: ({ rows }, table, schema) => postgresqlColumns(rows, table, schema),
  widen: ({ name, schema }, column, length) => widenPostgresqlColumn(name, column, length, schema),
  findings: ({ rows }, { name, schema }) => hiddenRows(rows, qualifiedPostgresql(name, schema)),
  estimate: ({ rows }, { name, schema }) => estimatePostgresqlRows(rows, name, schema),
  isTransactional: async () => true,
  replaceRows: ({ rows }, { name, schema }, batch, send) =>
    replacePostgresqlRows(rows, qualifiedPostgresql(name, schema), batch, send),
};

/** Nothing is known, as where texts have no limit. */
const unknown: PrismaTable = {
  limitOf: () => ({}),
  widen: () => '',
  findings: async () => [],
  estimate: async () => 0,
  isTransactional: async () => false,
  replaceRows: undefined,
};

/**
 * What the database reports of the table behind a model.
 *
 * @param provider The kind of database.
 * @param connections Of `prisma`, for what writes.
 * @throws OptionInvalidError if the model has a map, and no table is so.
 */
export async function prismaTable(
  prisma: object,
  provider: string | undefined,
  connections: PrismaConnections,
  { name, fields, map }: Model,
): Promise<PrismaTable> {
  const dialect = { mysql, postgresql }[String(provider)];
  if (dialect === undefined) return unknown;
  const sql = sqlClient(prisma);
  const runner = batchRunner(connections);
  const table = await modelTable(name, fields, map, (...place) => {
    const columns = dialect.columns(sql, ...place);
    // A client or a database that does not report its columns must not make re-encryption fail.
    return map === undefined ? columns.catch(() => []) : columns;
  });
  if (table === undefined) return { ...unknown, findings: async () => [unknownTable(name)] };
  return {
    limitOf(field) {
      const { length, unit } = table.columnOf(field);
      return { length, unit };
    },
    widen: (field, length) =>
      `${dialect.widen(table, table.columnOf(field), length)} In schema.prisma, give ${field} the attribute @db.VarChar(${length}).`,
    findings: () => dialect.findings(sql, table),
    estimate: () => dialect.estimate(sql, table),
    isTransactional: () => dialect.isTransactional(sql, table),
    replaceRows(batch, send) {
      const placed = {
        ...batch,
        id: table.columnOf(batch.id.name),
        columns: batch.columns.map((one) => ({ ...one, found: table.columnOf(one.found.name) })),
        empty: batch.empty.map((one) => ({ ...one, found: table.columnOf(one.found.name) })),
      };
      return dialect.replaceRows(runner, table, placed, send);
    },
  };
}

/** Runs the statements of a batch, each on a connection of its own. */
function batchRunner(connections: PrismaConnections): StatementRunner {
  return {
    rows: (sql, values, signal) =>
      connections.use((client) => sqlClient(client).rows(sql, values), signal),
    change: (sql, values, signal) =>
      connections.use((client) => sqlClient(client).change(sql, values), signal),
  };
}

function unknownTable(name: string): CatalogWarning {
  const message =
    `No table has the names of the Prisma model "${name}" and of its fields, so its columns are not measured, and sessions are replaced one by one. ` +
    'Repeat what @@map, @@schema and @map say in schema.prisma in the option map of prismaCatalog.';
  return { code: 'MODEL_TABLE_UNKNOWN', message };
}
