// The catalog of @shopify/shopify-app-session-storage-prisma.

import { checkedOptions, text } from '../../checked-options.js';
import { OptionInvalidError } from '../../errors.js';
import type { CatalogWarning, SessionCatalog, SessionChange } from '../../session-catalog.js';
import { pagesAhead, StoreAccess } from '../../store-access/index.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import { assertMethods, type CatalogOptions, catalogDeadline } from '../catalog-options.js';
import { rowBatch } from '../sql/row-batch.js';
import { type Row, type RowFormat, sessionColumns, sessionOfColumns } from '../sql/session-row.js';
import { type ColumnFound, SessionTable } from '../sql/session-table.js';
import type { StoredSession } from '../stored-session.js';
import { modelMap, type PrismaModelMap, providerOf } from './model-table.js';
import { PrismaConnections } from './prisma-connections.js';
import type { PrismaModel, PrismaTransactions } from './prisma-model.js';
import { type FoundRow, PrismaRows } from './prisma-rows.js';
import { type PrismaTable, prismaTable } from './prisma-table.js';
import { PrismaWriter } from './prisma-writer.js';

export type { CatalogOptions } from '../catalog-options.js';
export type { StoredSession, StoredUser } from '../stored-session.js';
export type { PrismaModelMap } from './model-table.js';

/** A generated Prisma client. It has a model of sessions, whose types are the schema's own. */
export interface PrismaClient {
  $disconnect(): Promise<void>;
}

/** Where the storage keeps its sessions. */
export interface PrismaCatalogOptions extends CatalogOptions {
  /** The model of sessions, by its name in the client, as given to the storage. Default: `session`. */
  readonly tableName?: string | undefined;
  /** What `@@map`, `@@schema` and `@map` say of that model. Default: the names of the model and of its fields. */
  readonly map?: PrismaModelMap | undefined;
}

/**
 * A catalog of the sessions that `@shopify/shopify-app-session-storage-prisma` keeps, for
 * re-encrypting and copying them while the app serves. Needs Prisma 4.7 or later, which
 * has interactive transactions: in one, nothing is sent that has waited in the client for too long.
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
  const { tableName, map, deadline } = checkedOptions('prismaCatalog', options, {
    tableName: text('session'),
    map: modelMap,
    deadline: catalogDeadline,
  });
  const model = (prisma as unknown as Readonly<Record<string, unknown>>)[tableName];
  assertMethods(
    model,
    ['findMany', 'findUnique', 'updateMany', 'create', 'count'],
    `prismaCatalog: the Prisma client has no model "${tableName}". Name it with the option tableName.`,
  );
  return new PrismaSessionCatalog(prisma, model as PrismaModel, { tableName, map, deadline });
}

const pageSize = 1000;

const format: RowFormat = {
  expires: 'date',
  refreshTokenExpires: 'date',
  flag: 'boolean',
  userId: 'bigint',
};

interface ResolvedOptions {
  readonly tableName: string;
  readonly map: PrismaModelMap | undefined;
  readonly deadline: number;
}

class PrismaSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic: boolean;
  readonly #prisma: PrismaClient;
  readonly #model: PrismaModel;
  readonly #modelName: string;
  readonly #map: PrismaModelMap | undefined;
  readonly #provider: string | undefined;
  readonly #rows: PrismaRows;
  readonly #calls: StoreAccess;
  readonly #connections: PrismaConnections;
  readonly #writer: PrismaWriter;
  #table: SessionTable | undefined;
  #database: PrismaTable | undefined;

  constructor(
    prisma: PrismaClient,
    model: PrismaModel,
    { tableName, map, deadline }: ResolvedOptions,
  ) {
    this.#prisma = prisma;
    this.#model = model;
    this.#modelName = tableName;
    this.#map = map;
    this.#provider = providerOf(prisma);
    this.atomic = this.#provider !== 'mongodb';
    this.#calls = new StoreAccess('the Prisma client', deadline);
    this.#rows = new PrismaRows(model, this.#calls);
    this.#connections = new PrismaConnections(
      prisma as PrismaClient & PrismaTransactions,
      this.#provider,
      deadline,
    );
    this.#writer = new PrismaWriter(
      this.#connections,
      model,
      tableName,
      this.#calls,
      this.#provider === 'sqlite',
    );
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
        const session = row === 'unreadable' ? undefined : sessionOfFields(row);
        if (session === undefined) unreadable.add();
        else yield session;
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const row = await this.#rows.row(id);
    if (row === null) return undefined;
    const session = row === 'unreadable' ? undefined : sessionOfFields(row);
    if (session === undefined) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    const table = await this.#sessionTable();
    return current === undefined
      ? this.#writer.insert(table, next)
      : this.#writer.replace(table, current, next);
  }

  async insertSessions(sessions: readonly StoredSession[]): Promise<boolean[]> {
    const table = await this.#sessionTable();
    const isTransactional = async () =>
      this.#provider === 'sqlite' || (this.#database?.isTransactional() ?? false);
    const stored = await this.#writer.insertMany(table, sessions, isTransactional);
    return sessions.map((_session, at) => stored.has(at));
  }

  async replaceSessions(changes: readonly SessionChange<StoredSession>[]): Promise<boolean[]> {
    const table = await this.#sessionTable();
    if (this.#provider === 'sqlite') return this.#writer.replaceInTransactions(table, changes);
    const batch = rowBatch(table, changes);
    const replaceRows = this.#database?.replaceRows;
    if (batch === undefined || replaceRows === undefined) return changes.map(() => false);
    const replaced = new Set(await this.#writer.writeMany((send) => replaceRows(batch, send)));
    return changes.map(({ next }) => replaced.has(next.id));
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    return this.#writer.remove(await this.#sessionTable(), current);
  }

  async misfits(sessions: readonly StoredSession[]) {
    const table = await this.#sessionTable();
    return sessions.map((session) => table.misfit(session));
  }

  async estimateSessions(): Promise<number> {
    await this.#sessionTable();
    return this.#calls.run({}, async () => {
      // SQLite, which has no estimate, counts a million rows in no time.
      return this.#provider === 'sqlite'
        ? this.#model.count({})
        : (this.#database?.estimate() ?? 0);
    });
  }

  async warnings(sealedTokenLength?: number): Promise<CatalogWarning[]> {
    const table = await this.#sessionTable();
    const findings = await this.#calls.run({}, async () => this.#database?.findings() ?? []);
    return [...findings, ...table.warnings(sealedTokenLength)];
  }

  async disconnect(): Promise<void> {
    await this.#calls.run({}, () => this.#prisma.$disconnect());
  }

  async #sessionTable(): Promise<SessionTable> {
    if (this.#table === undefined) {
      const fields = Object.keys(this.#model.fields ?? (await this.#anyRow()));
      const model = { name: this.#modelName, fields, map: this.#map };
      const database = await this.#calls.run({}, () =>
        prismaTable(this.#prisma, this.#provider, this.#connections, model),
      );
      const found = sessionColumns
        .filter(({ name }) => fields.includes(name))
        .map(({ name }) => ({ name, ...database.limitOf(name) }));
      const widen = ({ name }: ColumnFound, length: number) => database.widen(name, length);
      this.#database = database;
      this.#table = new SessionTable(this.#modelName, found, format, {
        widen,
        add: 'In schema.prisma, and in the database by a migration, add',
      });
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

/** The session in a row. The storage names its fields, so that no other is meant by one in another case. */
function sessionOfFields(row: Row): StoredSession | undefined {
  return sessionOfColumns(sessionColumns, ({ name }) => row[name], format);
}
