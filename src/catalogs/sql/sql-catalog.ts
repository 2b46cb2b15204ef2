// The catalog of every SQL storage. Sessions are gone through by key range, never by OFFSET, and
// replaced by one UPDATE that compares what it overwrites with what was read.
import type { CatalogWarning, SessionCatalog, SessionChange } from '../../session-catalog.js';
import { type CallSubject, pagesAhead } from '../../store-access/index.js';
import { isRefusedValue } from '../../store-remedy.js';
import { UnreadableRecords, unreadableRecord } from '../../unreadable-records.js';
import type { StoredSession } from '../stored-session.js';
import { withoutNamesakes } from './column-names.js';
import { insertMany, insertOne } from './new-rows.js';
import { rowBatch } from './row-batch.js';
import { type Row, type Rows, sessionColumns } from './session-row.js';
import { type ColumnValue, SessionTable } from './session-table.js';
import type { SqlDatabase } from './sql-database.js';
import { writeToTable } from './write-to-table.js';

const pageSize = 1000;

export class SqlSessionCatalog implements SessionCatalog<StoredSession> {
  readonly atomic = true;
  readonly #database: SqlDatabase;
  readonly #name: string;
  #table: SessionTable | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
    this.#name = database.quotedTable;
  }

  async *sessions(): AsyncGenerator<StoredSession, void, undefined> {
    // Columns may have been added or widened since.
    this.#table = undefined;
    const table = await this.#sessionTable();
    const { id } = table;
    const key = this.#database.quote(id.name);
    const after = this.#database.collated(this.#database.parameter(1), id);
    const order = `ORDER BY ${key} LIMIT ${pageSize}`;
    const select = this.#select(table);
    const unreadable = new UnreadableRecords();
    const read = (last: unknown) => {
      const [where, values] = last === undefined ? ['', []] : [`WHERE ${key} > ${after}`, [last]];
      const sql = `${select} ${where} ${order}`;
      return this.#read((rows) => rows(sql, values));
    };
    const lastOf = (rows: readonly Row[]) =>
      rows.length < pageSize ? undefined : rows.at(-1)?.[id.name];
    for await (const rows of pagesAhead(read, lastOf)) {
      for (const row of rows) {
        const session = table.sessionOf(row);
        if (session === undefined) unreadable.add();
        else yield session;
      }
    }
    unreadable.report();
  }

  async loadSession(id: string): Promise<StoredSession | undefined> {
    const table = await this.#sessionTable();
    const where = this.#isSession(table, 1);
    const sql = `${this.#select(table)} WHERE ${where}`;
    const rows = await this.#read((read) => read(sql, [id]).catch(noneIfRefused), {
      sessionId: id,
    });
    if (rows[0] === undefined) return undefined;
    const session = table.sessionOf(rows[0]);
    if (session === undefined) throw unreadableRecord(id);
    return session;
  }

  async replaceSession(current: StoredSession | undefined, next: StoredSession): Promise<boolean> {
    const table = await this.#sessionTable();
    if (current === undefined) {
      return writeToTable(this.#database, next.id, (send) =>
        insertOne(this.#database, table, next, send),
      );
    }
    const changes = table.changes(current, next);
    const assigned = changes.map(({ value }) => value);
    const { quote, parameter } = this.#database;
    const assignments = [
      ...changes.map(({ column }, at) => `${quote(column.found.name)} = ${parameter(at + 1)}`),
      ...table.stamped
        .filter((date) => !changes.some(({ column }) => column.found === date))
        .map(({ name }) => `${quote(name)} = ${quote(name)}`),
    ];
    const { values, where } = this.#isStill(table, current, changes, assigned);
    if (changes.length === 0) {
      const sql = `SELECT 1 AS found FROM ${this.#name} WHERE ${where}`;
      return (await this.#read((rows) => rows(sql, values), { sessionId: next.id })).length > 0;
    }
    const sql = `UPDATE ${this.#name} SET ${assignments.join(', ')} WHERE ${where}`;
    return this.#writeOne(
      next.id,
      async (signal) => (await this.#database.change(sql, values, signal)) > 0,
    );
  }

  async insertSessions(sessions: readonly StoredSession[]): Promise<boolean[]> {
    const table = await this.#sessionTable();
    const stored = await writeToTable(this.#database, undefined, (send) =>
      insertMany(this.#database, table, sessions, send),
    );
    return sessions.map((_session, at) => stored.has(at));
  }

  async replaceSessions(changes: readonly SessionChange<StoredSession>[]): Promise<boolean[]> {
    const batch = rowBatch(await this.#sessionTable(), changes);
    if (batch === undefined) return changes.map(() => false);
    const replaced = new Set(
      await writeToTable(this.#database, undefined, (send) =>
        this.#database.replaceRows(batch, send),
      ),
    );
    return changes.map(({ next }) => replaced.has(next.id));
  }

  async removeSession(current: StoredSession): Promise<boolean> {
    const table = await this.#sessionTable();
    const { values, where } = this.#isStill(table, current, []);
    const sql = `DELETE FROM ${this.#name} WHERE ${where}`;
    return this.#writeOne(
      current.id,
      async (signal) => (await this.#database.change(sql, values, signal)) > 0,
    );
  }

  async misfits(sessions: readonly StoredSession[]) {
    const table = await this.#sessionTable();
    return sessions.map((session) => table.misfit(session));
  }

  estimateSessions(): Promise<number> {
    return this.#read((rows) => this.#database.estimate(rows));
  }

  async warnings(sealedTokenLength?: number): Promise<CatalogWarning[]> {
    const findings = await this.#read((rows) => this.#database.findings(rows));
    return [...findings, ...(await this.#sessionTable()).warnings(sealedTokenLength)];
  }

  async disconnect(): Promise<void> {
    await this.#database.calls.run({}, () => this.#database.end());
  }

  /**
   * The condition that a row is as it was read, in what may be sealed and in what `changes` names.
   *
   * @param before The values of parameters that come before it in the statement.
   */
  #isStill(
    table: SessionTable,
    current: StoredSession,
    changes: readonly ColumnValue[],
    before: readonly unknown[] = [],
  ): { readonly where: string; readonly values: readonly unknown[] } {
    const { quote, equals, parameter } = this.#database;
    const values = [...before];
    const conditions = [this.#isSession(table, values.push(current.id))];
    for (const { column, value } of table.guarded(current, changes)) {
      conditions.push(equals(quote(column.found.name), parameter(values.push(value)), column.kind));
    }
    return { where: conditions.join(' AND '), values };
  }

  #read<T>(read: (rows: Rows) => Promise<T>, subject: CallSubject = {}): Promise<T> {
    return this.#database.calls.run(subject, (signal) =>
      read((sql, values) => this.#database.rows(sql, values, signal)),
    );
  }

  #writeOne(sessionId: string, write: (signal: AbortSignal) => Promise<boolean>): Promise<boolean> {
    return writeToTable(this.#database, sessionId, (send) => send(write, true));
  }

  /** Of the columns of sessions alone: an app may keep more beside them. */
  #select({ columns }: SessionTable): string {
    const { quote, dateAsText } = this.#database;
    const values = columns.map(({ kind, found }) => {
      const text = kind === 'date' ? dateAsText(found) : undefined;
      return text === undefined ? quote(found.name) : `${text} AS ${quote(found.name)}`;
    });
    return `SELECT ${values.join(', ')} FROM ${this.#name}`;
  }

  #isSession({ id }: SessionTable, position: number): string {
    const parameter = this.#database.collated(this.#database.parameter(position), id);
    return `${this.#database.quote(id.name)} = ${parameter}`;
  }

  async #sessionTable(): Promise<SessionTable> {
    if (this.#table === undefined) {
      const { table, widen } = this.#database;
      const columns = await this.#read((rows) => this.#database.columns(rows));
      const found = withoutNamesakes(table, columns, sessionColumns);
      this.#table = new SessionTable(table, found, this.#database.format(found), { widen });
    }
    return this.#table;
  }
}

/** There is no session under an id that the database cannot hold. */
function noneIfRefused(error: unknown): readonly Row[] {
  if (isRefusedValue(error)) return [];
  throw error;
}
