// The table behind a Prisma model. A client does not say which it is: it has the model's own names, or
// those that the app passes on from its schema.
import { accepted, checkedOptions, type OptionCheck, text } from '../../checked-options.js';
import { OptionInvalidError } from '../../errors.js';
import { hasMembers, hasMethods, memberOf } from '../../foreign-object.js';
import type { Row } from '../sql/session-row.js';
import type { ColumnFound } from '../sql/session-table.js';

/** What `@@map`, `@@schema` and `@map` in schema.prisma say of the model of sessions. */
export interface PrismaModelMap {
  /** The name in `@@map`. Default: the model's. */
  readonly table?: string | undefined;
  /** The name in `@@schema`. Default: the first of the connection's search path. */
  readonly schema?: string | undefined;
  /** The names in `@map`, by field. Default: the field's. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

/** The methods of a generated client that reach the database of a model. */
export interface SqlClient {
  rows(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs a statement that answers no rows, and returns how many it changed. */
  change(sql: string, values: readonly unknown[]): Promise<number>;
}

/** A table whose columns are those of a model. */
export interface ModelTable {
  readonly name: string;
  readonly schema: string | undefined;
  columnOf(field: string): ColumnFound;
}

const isColumns = (value: unknown): value is Readonly<Record<string, string>> =>
  hasMembers(value) &&
  !Array.isArray(value) &&
  Object.values(value).every((name) => typeof name === 'string' && name !== '');

/** Checks the option `map`. */
export const modelMap: OptionCheck<PrismaModelMap | undefined> = (value, name) =>
  value === undefined
    ? undefined
    : checkedOptions<PrismaModelMap>(name, value, {
        table: text(undefined),
        schema: text(undefined),
        columns: accepted(isColumns, 'an object with the name of a column for each field'),
      });

/** The `provider` in the schema of a client, such as `mysql`; undefined if the client does not tell. */
export function providerOf(prisma: object): string | undefined {
  if (!hasMethods(prisma, '$runCommandRaw')) return undefined;
  const client: { $runCommandRaw(command: object): unknown } = prisma;
  try {
    // A client of MongoDB sends nothing until the result is awaited. All others refuse at once, and say
    // what they are: https://www.prisma.io/docs/orm/reference/prisma-client-reference#runcommandraw
    client.$runCommandRaw({ ping: 1 });
    return 'mongodb';
  } catch (error) {
    return /^The (\w+) provider /.exec(String(memberOf(error, 'message')))?.[1];
  }
}

export function sqlClient(prisma: object): SqlClient {
  const client = prisma as {
    $queryRawUnsafe(sql: string, ...values: unknown[]): Promise<Row[]>;
    $executeRawUnsafe(sql: string, ...values: unknown[]): Promise<number>;
  };
  return {
    rows: (sql, values) => client.$queryRawUnsafe(sql, ...values),
    change: (sql, values) => client.$executeRawUnsafe(sql, ...values),
  };
}

/**
 * The table that has the columns of all `fields`; undefined if there is none.
 *
 * @param name The model's name in the client, such as `session`.
 * @param columns Reads the columns of a table; none if there is no such table.
 * @throws OptionInvalidError if there is none, and `map` says which it is.
 */
export async function modelTable(
  name: string,
  fields: readonly string[],
  map: PrismaModelMap | undefined,
  columns: (table: string, schema: string | undefined) => Promise<readonly ColumnFound[]>,
): Promise<ModelTable | undefined> {
  // The client has a model under its name with a small first letter.
  const modelNames = [name.charAt(0).toUpperCase() + name.slice(1), name];
  for (const table of map?.table === undefined ? modelNames : [map.table]) {
    const found = await columns(table, map?.schema);
    const byField = new Map(
      fields.map((field) => {
        const column = map?.columns?.[field] ?? field;
        return [field, found.find((one) => one.name === column)] as const;
      }),
    );
    if (found.length > 0 && [...byField.values()].every((column) => column !== undefined)) {
      const columnOf = (field: string) => byField.get(field) ?? { name: field };
      return { name: table, schema: map?.schema, columnOf };
    }
  }
  if (map === undefined) return undefined;
  throw new OptionInvalidError(
    `prismaCatalog: the database has no table with the names in map and a column for each field of the model "${name}". ` +
      'Repeat in map what @@map, @@schema and @map say in schema.prisma.',
  );
}
