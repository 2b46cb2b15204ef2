// What the database behind a Prisma client tells of a model's columns: how much text each holds.
import {
  estimateMysqlRows,
  mysqlColumns,
  mysqlFindings,
  widenMysqlColumn,
} from '../mysql/mysql-table.js';
import {
  estimatePostgresqlRows,
  postgresqlColumns,
  widenPostgresqlColumn,
} from '../postgresql/postgresql-table.js';
import type { Row } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';

/** A generated client, as far as it tells where its data is; it does so in places that are not public. */
interface DescribedClient {
  readonly _activeProvider?: unknown;
  readonly _runtimeDataModel?: { readonly models?: Readonly<Record<string, DescribedModel>> };
  $queryRawUnsafe?(sql: string, ...values: unknown[]): Promise<Row[]>;
}

interface DescribedModel {
  /** The table's name, where it is not the model's. */
  readonly dbName?: string | null;
  readonly schema?: string | null;
  readonly fields: readonly { readonly name: string; readonly dbName?: string | null }[];
}

/** The columns of one model, and what is dangerous in the way that the database is set up. */
export interface PrismaColumns {
  /** How much text a field holds, where that is known and limited. */
  limitOf(field: string): Pick<ColumnFound, 'length' | 'unit'>;
  /** How to make a field hold `length` characters. */
  widen(field: string, length: number): string;
  findings(): Promise<string[]>;
  /** About how many rows the table has; 0 if that is not known. */
  estimate(): Promise<number>;
}

/** Nothing is known, as where texts have no limit. */
const unlimited: PrismaColumns = {
  limitOf: () => ({}),
  widen: () => '',
  findings: async () => [],
  estimate: async () => 0,
};

/** Which database a client is for; undefined if it does not tell. */
export function databaseOf(prisma: object): unknown {
  return (prisma as DescribedClient)._activeProvider;
}

/**
 * @param name The model's name in the client, such as `session`.
 * @returns What MySQL and PostgreSQL tell. It helps before a value is too long: a client or a
 * database that does not tell is no reason to fail.
 */
export async function prismaColumns(prisma: object, name: string): Promise<PrismaColumns> {
  const client = prisma as DescribedClient;
  // The client has a model under its name with a small first letter.
  const [modelName, model] =
    Object.entries(client._runtimeDataModel?.models ?? {}).find(
      ([known]) => known.charAt(0).toLowerCase() + known.slice(1) === name,
    ) ?? [];
  if (modelName === undefined || model === undefined) return unlimited;

  const table = model.dbName ?? modelName;
  const schema = model.schema ?? undefined;
  const rows = async (sql: string, values: readonly unknown[]) =>
    (await client.$queryRawUnsafe?.(sql, ...values)) ?? [];
  const described = (
    found: readonly ColumnFound[],
    widen: (column: ColumnFound, length: number) => string,
    estimate: PrismaColumns['estimate'],
    findings: PrismaColumns['findings'] = async () => [],
  ): PrismaColumns => {
    const columnOf = (field: string) => {
      const column = model.fields.find(({ name }) => name === field)?.dbName ?? field;
      return found.find(({ name }) => name === column) ?? { name: column };
    };
    return {
      limitOf: (field) => {
        const { length, unit } = columnOf(field);
        return { length, unit };
      },
      widen: (field, length) =>
        `${widen(columnOf(field), length)} In schema.prisma, give ${field} the attribute @db.VarChar(${length}).`,
      findings,
      estimate,
    };
  };
  try {
    switch (databaseOf(client)) {
      case 'mysql': {
        const widen = (column: ColumnFound, length: number) =>
          widenMysqlColumn(table, column, length);
        const estimate = () => estimateMysqlRows(rows, table);
        const findings = () => mysqlFindings(rows);
        return described(await mysqlColumns(rows, table), widen, estimate, findings);
      }
      case 'postgresql': {
        const widen = (column: ColumnFound, length: number) =>
          widenPostgresqlColumn(table, column, length, schema);
        const estimate = () => estimatePostgresqlRows(rows, table, schema);
        return described(await postgresqlColumns(rows, table, schema), widen, estimate);
      }
      default:
        return unlimited;
    }
  } catch {
    return unlimited;
  }
}
