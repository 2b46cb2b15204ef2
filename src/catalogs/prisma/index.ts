// The catalog of @shopify/shopify-app-session-storage-prisma.
import { OptionInvalidError, type ValueTooLongError } from '../../errors.js';
import { codeOf } from '../../safe-cause.js';
import type { SessionCatalog, SessionChange } from '../../session-catalog.js';
import { pagesAhead, StoreAccess } from '../../store-access/index.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { assertMethods, type CatalogOptions, resolveOptions } from '../catalog-options.js';
import { rowBatch } from '../sql/row-batch.js';
import { type Row, type RowFormat, sessionOfRow } from '../sql/session-row.js';
import {
  type ColumnFound,
  type ColumnValue,
  SessionTable,
  tooLongForDatabase,
} from '../sql/session-table.js';
import { type InTurn, takingTurns } from '../sql/taking-turns.js';
import type { StoredSession } from '../stored-session.js';
import { databaseOf } from './described-client.js';
import type { PrismaModel } from './prisma-model.js';
import { type FoundRow, PrismaRows } from './prisma-rows.js';
import { type PrismaTable, prismaTable } from './prisma-table.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';

/** A generated Prisma client. It has a model of sessions, whose types are the schema's own. */
export interface PrismaClient {
  $disconnect(): Promise<void>;
}

/** Where the storage keeps its sessions. */
export interface PrismaCatalogOptions extends CatalogOptions {
  /** The model of sessions, by its name in the client, as given to the storage. Default: `session`. */
  readonly tableName?: string;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-prisma` keeps, for
 * re-encrypting and copying them while the app serves. Needs Prisma 4.4 or later: before, the
 * `updateMany` that it compares and swaps with could lose a concurrent write (prisma issue 8612).
 *
 * With MongoDB, `updateMany` is not one step, so `atomic` is false. With MySQL, texts that differ
 * only in case compare equal, which no two tokens do.
 *
 * @param prisma A client of the storage's database; `disconnect` disconnects it.
 * @throws OptionInvalidError if it has no such model, or an option is unknown or invalid.
 *
 * @example
 * import { PrismaClient } from '@prisma/client';
 * import { prismaCatalog } from 'shopify-app-session-storage-encrypted/prisma';
 * export default prismaCatalog(new PrismaClient());
 */
export function prismaCatalog(
  prisma: PrismaClient,
  options: PrismaCatalogOptions = {},
): SessionCatalog<StoredSession> {
  assertMethods(prisma, ['$disconnect'], 'prismaCatalog needs a Prisma client.');
  const { tableName, deadline } = resolveOptions(
    'prismaCatalog',
    { ...options },
    { tableName: 'session' },
  );
  const model = (prisma as unknown as Readonly<Record<string, unknown>>)[tableName];
  assertMethods(
    model,
    ['findMany', 'findUnique', 'updateMany', 'create', 'count'],
    `prismaCatalog: the Prisma client has no model "${tableName}". Name it with the option tableName.`,
  );
  return new PrismaSessionCatalog(prisma, model as PrismaModel, tableName, deadline);
}

const pageSize = 1000;

const format: RowFormat = {
  expires: 'date',
  refreshTokenExpires: 'date',
  flag: 'boolean',
  userId: 'bigint',
};

class PrismaSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic: boolean;
  readonly #prisma: PrismaClient;
  readonly #model: PrismaModel;
  readonly #modelName: string;
  readonly #rows: PrismaRows;
  readonly #calls: StoreAccess;
  readonly #inTurn: InTurn = (write) => write();
  #table: SessionTable | undefined;
  #database: PrismaTable | undefined;

  constructor(prisma: PrismaClient, model: PrismaModel, modelName: string, deadline: number) {
    this.#prisma = prisma;
    this.#model = model;
    this.#modelName = modelName;
    const database = databaseOf(prisma);
    this.atomic = database !== 'mongodb';
    if (database === 'sqlite') this.#inTurn = takingTurns();
    this.#calls = new StoreAccess('the Prisma client', deadline);
    this.#rows = new PrismaRows(model, this.#calls);
  }

  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    // Columns may have been added or widened since.
    this.#table = undefined;
    const unreadable = new UnreadableRecords();
    const read = (where: object = {}) =>
      this.#rows.page({ where, orderBy: { id: 'asc' }, take: pageSize });
    const after = (page: readonly FoundRow[]) =>
      page.length < pageSize ? undefined : { id: { gt: page.at(-1)?.id } };
    for await (const page of pagesAhead(read, after)) {
      for (const { row } of page) {
        // Gone since its id was read.
        if (row === null) continue;
        const session = row === 'unreadable' ? undefined : sessionOfRow(row, format);
        if (session === undefined) unreadable.add();
        else yield session;
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const row = await this.#rows.row(id);
    if (row === null) return undefined;
    const session = row === 'unreadable' ? undefined : sessionOfRow(row, format);
    if (session === undefined) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    const table = await this.#sessionTable();
    if (current === undefined) return this.#insert(table, next);
    const changes = table.changes(current, next);
    const where = this.#isStill(table, current, changes);
    const data = propertiesOf(changes);
    // The one column of tokens that must not be NULL.
    if (data.accessToken === null) data.accessToken = '';
    return this.#write(next.id, async (signal) => {
      if (changes.length === 0) return (await this.#model.count({ where })) > 0;
      const { count } = await this.#inTurn(() => this.#model.updateMany({ where, data }), signal);
      return count > 0;
    });
  }

  async replaceSessions(changes: readonly SessionChange<StoredSession>[]): Promise<boolean[]> {
    const batch = rowBatch(await this.#sessionTable(), changes);
    const replaceRows = this.#database?.replaceRows;
    if (batch === undefined || replaceRows === undefined) {
      const done: boolean[] = [];
      for (const { current, next } of changes) done.push(await this.replaceSession(current, next));
      return done;
    }
    const write = (signal: AbortSignal) => this.#inTurn(() => replaceRows(batch), signal);
    const replaced = new Set(await this.#write(undefined, write));
    return changes.map(({ next }) => replaced.has(next.id));
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    const where = this.#isStill(await this.#sessionTable(), current, []);
    const remove = async () => (await this.#model.deleteMany({ where })).count > 0;
    return this.#write(current.id, (signal) => this.#inTurn(remove, signal));
  }

  async misfits(sessions: readonly StoredSession[]): Promise<(ValueTooLongError | undefined)[]> {
    const table = await this.#sessionTable();
    return sessions.map((session) => table.misfit(session));
  }

  async estimateSessions(): Promise<number> {
    await this.#sessionTable();
    return this.#calls.run({}, async () => this.#database?.estimate() ?? 0);
  }

  async warnings(sealedTokenLength?: number): Promise<string[]> {
    const table = await this.#sessionTable();
    const findings = await this.#calls.run({}, async () => this.#database?.findings() ?? []);
    return [...findings, ...table.warnings(sealedTokenLength)];
  }

  async disconnect(): Promise<void> {
    await this.#calls.run({}, () => this.#prisma.$disconnect());
  }

  #insert(table: SessionTable, next: StoredSession): Promise<boolean> {
    // The storage writes false where there is no user; its template has a column that is not NULL.
    const flags = table.columns.filter(({ kind }) => kind === 'flag').map(({ name }) => name);
    const data = {
      ...Object.fromEntries(flags.map((name) => [name, false])),
      ...propertiesOf(table.insertion(next)),
    };
    const create = async () => {
      try {
        await this.#model.create({ data });
        return true;
      } catch (error) {
        // The id is taken.
        if (codeOf(error) === 'P2002') return false;
        throw error;
      }
    };
    return this.#write(next.id, (signal) => this.#inTurn(create, signal));
  }

  /** The condition that a row is as it was read, in what may be sealed and in what `changes` names. */
  #isStill(table: SessionTable, current: StoredSession, changes: readonly ColumnValue[]): object {
    const guard = propertiesOf(table.guarded(current, changes));
    const conditions = Object.entries(guard).map(([name, equals]) => [name, { equals }]);
    return { id: current.id, ...Object.fromEntries(conditions) };
  }

  #write<T>(sessionId: string | undefined, write: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const subject = sessionId === undefined ? { writes: true } : { sessionId, writes: true };
    return this.#calls.run(subject, async (signal) => {
      try {
        return await write(signal);
      } catch (error) {
        // The lengths of this database's columns have not been read.
        if (codeOf(error) === 'P2000')
          throw tooLongForDatabase(sessionId, `model ${this.#modelName}`);
        throw error;
      }
    });
  }

  async #sessionTable(): Promise<SessionTable> {
    if (this.#table === undefined) {
      const names = Object.keys(this.#model.fields ?? (await this.#anyRow()));
      const database = await this.#calls.run({}, () => prismaTable(this.#prisma, this.#modelName));
      const found = names.map((name) => ({ name, ...database.limitOf(name) }));
      const widen = ({ name }: ColumnFound, length: number) => database.widen(name, length);
      this.#database = database;
      this.#table = new SessionTable(this.#modelName, found, format, widen);
    }
    return this.#table;
  }

  /** A row, which has every field of the model, where the client does not say what those are. */
  async #anyRow(): Promise<Row> {
    const row = await this.#calls.run({}, () => this.#model.findFirst({}));
    if (row !== null) return row;
    throw new OptionInvalidError(
      `prismaCatalog: the fields of the empty model "${this.#modelName}" are not known. Use Prisma 5 or later.`,
    );
  }
}

function propertiesOf(values: readonly ColumnValue[]): Record<string, unknown> {
  return Object.fromEntries(values.map(({ column, value }) => [column.found.name, value]));
}
