// Writes the rows behind a Prisma model with Prisma's own statements, each only if the row is as it was
// read.

import { codeOf } from '../../safe-cause.js';
import type { SessionChange } from '../../session-catalog.js';
import { type Send, type StoreAccess, withinLength } from '../../store-access/index.js';
import { insertUnlessTaken } from '../sql/insert-unless-taken.js';
import type { ColumnValue, SessionTable } from '../sql/session-table.js';
import { type InTurn, takingTurns } from '../sql/taking-turns.js';
import { writeInParts } from '../sql/write-in-parts.js';
import { type WrittenTable, writeToTable } from '../sql/write-to-table.js';
import type { StoredSession } from '../stored-session.js';
import type { PrismaConnections } from './prisma-connections.js';
import type { CountedRows, PrismaModel } from './prisma-model.js';

/** Replaces one session, if it is as it was read. */
type Replacement = (model: PrismaModel) => Promise<CountedRows>;

/** So long does an app wait for the lock of SQLite at most. */
const rowsPerTransaction = 100;

export class PrismaWriter {
  readonly #connections: PrismaConnections;
  readonly #model: PrismaModel;
  readonly #modelName: string;
  readonly #written: WrittenTable;
  readonly #inTurn: InTurn;

  /** @param hasOneWriter Whether the database has one writer at a time, as SQLite does. */
  constructor(
    connections: PrismaConnections,
    model: PrismaModel,
    modelName: string,
    calls: StoreAccess,
    hasOneWriter: boolean,
  ) {
    this.#connections = connections;
    this.#model = model;
    this.#modelName = modelName;
    // The lengths of the columns have been read from PostgreSQL and MySQL only.
    const isTooLong = (error: unknown) => codeOf(error) === 'P2000';
    this.#written = { calls, table: `model ${modelName}`, isTooLong };
    this.#inTurn = hasOneWriter ? takingTurns() : (write) => write();
  }

  insert(table: SessionTable, next: StoredSession): Promise<boolean> {
    const data = newRow(table, next);
    const create = (signal: AbortSignal) =>
      this.#inModel(async (model) => {
        await model.create({ data });
        return true;
      }, signal);
    const session = {
      sessionId: next.id,
      table: this.#written.table,
      isTaken: async () => (await this.#takenAmong([next.id])).length > 0,
    };
    return writeToTable(this.#written, next.id, (send) =>
      insertUnlessTaken(session, [create, create], send),
    );
  }

  /**
   * Stores sessions whose ids are not taken, each only if the database takes it, in a few transactions.
   *
   * @param isTransactional Whether a statement that fails leaves the table as it was; else none is stored.
   * @returns Which of them were stored, by where they stand in `sessions`.
   */
  async insertMany(
    table: SessionTable,
    sessions: readonly StoredSession[],
    isTransactional: () => Promise<boolean>,
  ): Promise<ReadonlySet<number>> {
    const rows = new Map<string, { readonly at: number; readonly data: object }>();
    for (const [at, session] of sessions.entries()) {
      if (rows.has(session.id) || table.misfit(session) !== undefined) continue;
      rows.set(session.id, { at, data: newRow(table, session) });
    }
    const stored = new Set<number>();
    await this.writeMany(async (send) => {
      if (rows.size === 0 || !(await send(isTransactional))) return;
      if (!(await send(() => this.#connections.hasTransactions()))) return;
      for (const id of await send(() => this.#takenAmong([...rows.keys()]))) rows.delete(id);
      const free = [...rows].map(([id, { at, data }]) => ({
        ...{ id, at, data },
        values: Object.values(data),
      }));
      const insert = async (part: readonly (typeof free)[number][]) => {
        const data = part.map((row) => row.data);
        const create = (signal: AbortSignal) =>
          this.#inModel((model) => createAll(model, data), signal);
        if ((await send(create, true)) === part.length) return part;
        // A trigger keeps some of them out.
        const there = new Set(await send(() => this.#takenAmong(part.map(({ id }) => id))));
        return part.filter(({ id }) => there.has(id));
      };
      const atOnce = (left: readonly (typeof free)[number][]) =>
        Math.min(withinLength(left), rowsPerTransaction);
      for (const { at } of await writeInParts(free, atOnce, insert)) stored.add(at);
    });
    return stored;
  }

  replace(table: SessionTable, current: StoredSession, next: StoredSession): Promise<boolean> {
    const replace = this.#replacement(table, current, next);
    return this.#writeOne(next.id, async (model) => (await replace(model)).count > 0);
  }

  /**
   * Replaces several sessions, each by itself, in a few transactions, which SQLite commits nearly as fast as
   * one row. Not in SQL: a statement of an app's that finds the database locked is left open by libsql, and
   * then nobody can write any more.
   */
  replaceInTransactions(
    table: SessionTable,
    changes: readonly SessionChange<StoredSession>[],
  ): Promise<boolean[]> {
    const all: readonly Replacement[] = changes.map(({ current, next }) =>
      this.#replacement(table, current, next),
    );
    return this.writeMany(async (send) => {
      // Without transactions each is sent by itself: none after the deadline, and what was made is known.
      const atOnce = (await send(() => this.#connections.hasTransactions()))
        ? rowsPerTransaction
        : 1;
      const replaceAll = (part: readonly Replacement[]) =>
        send(
          (signal) =>
            this.#inModel(async (model) => {
              const replaced: Replacement[] = [];
              for (const replace of part) {
                if ((await replace(model)).count > 0) replaced.push(replace);
              }
              return replaced;
            }, signal),
          true,
        );
      const replaced = new Set(await writeInParts(all, () => atOnce, replaceAll));
      return all.map((replace) => replaced.has(replace));
    });
  }

  remove(table: SessionTable, current: StoredSession): Promise<boolean> {
    const where = isStill(table, current, []);
    return this.#writeOne(
      current.id,
      async (model) => (await model.deleteMany({ where })).count > 0,
    );
  }

  /** Makes several writes, each passed to `send`. */
  writeMany<T>(write: (send: Send) => Promise<T>): Promise<T> {
    return writeToTable(this.#written, undefined, write);
  }

  #writeOne(sessionId: string, write: (model: PrismaModel) => Promise<boolean>): Promise<boolean> {
    return writeToTable(this.#written, sessionId, (send) =>
      send((signal) => this.#inModel(write, signal), true),
    );
  }

  /** Those of `ids` under which there is a row. */
  async #takenAmong(ids: readonly string[]): Promise<string[]> {
    const found = await this.#model.findMany({
      where: { id: { in: ids } },
      orderBy: { id: 'asc' },
      take: ids.length,
      select: { id: true },
    });
    return found.map(({ id }) => String(id));
  }

  /** Runs a write when it is its turn, and on a connection of its own. */
  #inModel<T>(write: (model: PrismaModel) => Promise<T>, signal: AbortSignal): Promise<T> {
    const modelOf = (client: object) =>
      (client as Readonly<Record<string, PrismaModel>>)[this.#modelName] as PrismaModel;
    return this.#inTurn(
      () => this.#connections.use((client) => write(modelOf(client)), signal),
      signal,
    );
  }

  /** What replaces a session that is as it was read. */
  #replacement(table: SessionTable, current: StoredSession, next: StoredSession): Replacement {
    const changes = table.changes(current, next);
    const where = isStill(table, current, changes);
    // Without a change, what is there is written again: Prisma counts no rows for no data.
    const data = propertiesOf(changes.length === 0 ? table.guarded(current, []) : changes);
    return (model) => model.updateMany({ where, data });
  }
}

/** What is stored for a session of which nothing is stored yet. */
function newRow(table: SessionTable, next: StoredSession): Record<string, unknown> {
  // The storage writes false where there is no user; its template has a column that is not NULL.
  const flags = table.columns.filter(({ kind }) => kind === 'flag').map(({ name }) => name);
  return {
    ...Object.fromEntries(flags.map((name) => [name, false])),
    ...propertiesOf(table.insertion(next)),
  };
}

/** Answers how many rows were stored. */
async function createAll(model: PrismaModel, data: readonly object[]): Promise<number> {
  if (model.createMany !== undefined) return (await model.createMany({ data })).count;
  for (const one of data) await model.create({ data: one });
  return data.length;
}

/** The condition that a row is as it was read, in what may be sealed and in what `changes` names. */
function isStill(
  table: SessionTable,
  current: StoredSession,
  changes: readonly ColumnValue[],
): object {
  const guard = propertiesOf(table.guarded(current, changes));
  const conditions = Object.entries(guard).map(([name, equals]) => [name, { equals }]);
  return { id: current.id, ...Object.fromEntries(conditions) };
}

function propertiesOf(values: readonly ColumnValue[]): Record<string, unknown> {
  return Object.fromEntries(values.map(({ column, value }) => [column.found.name, value]));
}
