// Reads the rows behind a Prisma model, also where one of them is not what the schema says.
import { memberOf } from '../../foreign-object.js';
import { codeOf } from '../../safe-cause.js';
import type { StoreAccess } from '../../store-access/index.js';
import type { Row } from '../sql/session-row.js';
import type { FieldSelection, PageQuery, PrismaModel } from './prisma-model.js';

/** A row under its id. */
export interface FoundRow {
  readonly id: unknown;
  /** `null` if there is none. */
  readonly row: Row | null | 'unreadable';
}

export class PrismaRows {
  readonly #model: PrismaModel;
  readonly #calls: StoreAccess;
  /** Every field of the model, where the client says what those are. */
  readonly #select: FieldSelection | undefined;

  constructor(model: PrismaModel, calls: StoreAccess) {
    this.#model = model;
    this.#calls = calls;
    this.#select =
      model.fields &&
      Object.fromEntries(Object.keys(model.fields).map((name) => [name, true as const]));
  }

  row(id: string): Promise<FoundRow['row']> {
    return this.#calls.run({ sessionId: id }, () =>
      unlessUnreadable(() => this.#model.findUnique({ where: { id }, select: this.#select })),
    );
  }

  /** Some rows, each with its id. Prisma refuses all of them for one that it cannot read. */
  async page(query: PageQuery): Promise<FoundRow[]> {
    const rows = await this.#calls.run({}, () =>
      unlessUnreadable(() => this.#model.findMany({ ...query, select: this.#select })),
    );
    if (rows !== 'unreadable') return rows.map((row) => ({ id: row.id, row }));
    const page: FoundRow[] = [];
    const onlyIds = { ...query, select: { id: true } } as const;
    for (const { id } of await this.#calls.run({}, () => this.#model.findMany(onlyIds))) {
      page.push({ id, row: await this.row(String(id)) });
    }
    return page;
  }
}

/** What `read` finds, unless Prisma says that a value is not what its schema says. */
async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | 'unreadable'> {
  try {
    return await read();
  } catch (error) {
    if (isAboutValue(error)) return 'unreadable';
    throw error;
  }
}

/** Some values are refused with a code, others without one, by the same client. */
function isAboutValue(error: unknown): boolean {
  return (
    ['P2023', 'P2032'].includes(String(codeOf(error))) ||
    memberOf(error, 'name') === 'DataMapperError'
  );
}
