// What the database behind a Prisma client tells of a model's columns: how much text each holds.
import { mysqlColumns, mysqlFindings, widenMysqlColumn } from '../mysql/mysql-table.js';
import { postgresqlColumns, widenPostgresqlColumn } from '../postgresql/postgresql-table.js';
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
  /** How many characters a field holds, where that is known and limited. */
  lengthOf(field: string): number | undefined;
  /** How to make a field hold `length` characters. */
  widen(field: string, length: number): string;
  findings(): Promise<string[]>;
}

/** Nothing is known, as where texts have no limit. */
const unlimited: PrismaColumns = {
  lengthOf: () => undefined,
  widen: () => '',
  findings: async () => [],
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
    findings: PrismaColumns['findings'],
  ): PrismaColumns => {
    const columnOf = (field: string) => {
      const column = model.fields.find(({ name }) => name === field)?.dbName ?? field;
      return found.find(({ name }) => name === column) ?? { name: column };
    };
    return {
      lengthOf: (field) => columnOf(field).length,
      widen: (field, length) =>
        `${widen(columnOf(field), length)} In schema.prisma, give ${field} the attribute @db.VarChar(${length}).`,
      findings,
    };
  };
  try {
    switch (databaseOf(client)) {
      case 'mysql': {
        const widen = (column: ColumnFound, length: number) =>
          widenMysqlColumn(table, column, length);
        return described(await mysqlColumns(rows, table), widen, () => mysqlFindings(rows));
      }
      case 'postgresql': {
        const widen = (column: ColumnFound, length: number) =>
          widenPostgresqlColumn(table, column, length, schema);
        return described(await postgresqlColumns(rows, table, schema), widen, async () => []);
      }
      default:
        return unlimited;
    }
  } catch {
    return unlimited;
  }
}
