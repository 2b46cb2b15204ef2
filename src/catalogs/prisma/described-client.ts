// What a generated Prisma client says about the table behind a model. It does so in places that are not
// public, so whatever is not there counts as not known.
import type { Row } from '../sql/session-row.js';

interface DescribedClient {
  readonly _activeProvider?: unknown;
  readonly _runtimeDataModel?: { readonly models?: Readonly<Record<string, DescribedModel>> };
  $queryRawUnsafe?(sql: string, ...values: unknown[]): Promise<Row[]>;
  $executeRawUnsafe?(sql: string, ...values: unknown[]): Promise<number>;
}

interface DescribedModel {
  /** The table's name, where it is not the model's. */
  readonly dbName?: string | null;
  readonly schema?: string | null;
  readonly fields: readonly { readonly name: string; readonly dbName?: string | null }[];
}

/** The table behind a model, and a way to send it SQL. */
export interface DescribedTable {
  readonly database: unknown;
  readonly name: string;
  readonly schema: string | undefined;
  columnOf(field: string): string;
  rows(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a statement that answers no rows, and returns how many it changed. */
  change(sql: string, values: readonly unknown[]): Promise<number>;
}

/** Which database a client is for; undefined if it does not tell. */
export function databaseOf(prisma: object): unknown {
  return (prisma as DescribedClient)._activeProvider;
}

/** @param name The model's name in the client, such as `session`. */
export function describedTable(prisma: object, name: string): DescribedTable | undefined {
  const client = prisma as DescribedClient;
  // The client has a model under its name with a small first letter.
  const [modelName, model] =
    Object.entries(client._runtimeDataModel?.models ?? {}).find(
      ([known]) => known.charAt(0).toLowerCase() + known.slice(1) === name,
    ) ?? [];
  if (modelName === undefined || model === undefined) return undefined;
  return {
    database: databaseOf(client),
    name: model.dbName ?? modelName,
    schema: model.schema ?? undefined,
    columnOf: (field) => model.fields.find((one) => one.name === field)?.dbName ?? field,
    rows: async (sql, values) => (await client.$queryRawUnsafe?.(sql, ...values)) ?? [],
    change: async (sql, values) => (await client.$executeRawUnsafe?.(sql, ...values)) ?? 0,
  };
}
