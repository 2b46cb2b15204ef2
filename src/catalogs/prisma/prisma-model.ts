// What is needed of a model of a generated Prisma client.
import type { Row } from '../sql/session-row.js';

/** Names fields. A query that names them answers them also where the app's client was told to leave some out. */
export type FieldSelection = Readonly<Record<string, true>>;

/** Some rows in the order of their ids. */
export interface PageQuery {
  readonly where: object;
  readonly orderBy: { readonly id: 'asc' };
  readonly take: number;
  readonly select?: FieldSelection | undefined;
}

/** How many rows a statement changed. */
export interface CountedRows {
  readonly count: number;
}

/** The client itself, or one of its transactions, as far as no model is concerned. */
export interface PrismaTransactions {
  $transaction<T>(
    work: (transaction: PrismaTransactions) => Promise<T>,
    options: { readonly maxWait: number; readonly timeout: number },
  ): Promise<T>;
  $executeRawUnsafe(sql: string): Promise<number>;
}

export interface PrismaModel {
  /** The model's fields, by name; from Prisma 5 on, and in 4.5 to 4.16 with a preview feature. */
  readonly fields?: object;
  findMany(query: PageQuery): Promise<Row[]>;
  findFirst(query: object): Promise<Row | null>;
  findUnique(query: {
    readonly where: { readonly id: string };
    readonly select?: FieldSelection | undefined;
  }): Promise<Row | null>;
  updateMany(query: { readonly where: object; readonly data: object }): Promise<CountedRows>;
  deleteMany(query: { readonly where: object }): Promise<CountedRows>;
  create(query: { readonly data: object }): Promise<unknown>;
  /** Over SQLite from Prisma 5.14 on. */
  createMany?(query: { readonly data: readonly object[] }): Promise<CountedRows>;
  count(query: { readonly where?: object }): Promise<number>;
}
