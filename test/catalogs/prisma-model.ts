// A Prisma model of one row, for what no schema of the tests has: fields of one value under several names, user info
// as JSON.

interface Update {
  readonly where: Readonly<Record<string, unknown>>;
  readonly data: object;
}

/**
 * A client of Prisma that has it as `session`.
 *
 * @param updateMany Answers how many rows it changed.
 */
export function prismaOfOneRow(
  row: object,
  fields: object,
  updateMany: (update: Update) => Promise<{ count: number }>,
) {
  const session = {
    fields,
    findMany: async () => [row],
    findUnique: async () => row,
    updateMany,
    create: async () => row,
    count: async () => 1,
  };
  const prisma = {
    session,
    $disconnect: async () => {},
    $transaction: (work: (client: unknown) => unknown) => work(prisma),
  };
  return prisma;
}
