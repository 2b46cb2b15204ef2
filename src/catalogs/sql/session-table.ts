// The table of an official storage: which of the known columns it has, what they hold for a session,
// and what replacing one session by another would change in them.
import { OptionInvalidError, SessionInvalidError } from '../../errors.js';
import type { StoredSession } from '../stored-session.js';
import {
  columnValue,
  type RowFormat,
  type SessionColumn,
  sameValue,
  sessionColumns,
} from './session-row.js';

/** A column as the database has it. */
export interface ColumnFound {
  readonly name: string;
  /** The most characters that it holds; undefined: it has no limit, or none is known. */
  readonly length?: number | undefined;
  /** Whether it refuses NULL, where a statement that widens it has to say so again. */
  readonly required?: boolean;
  /** How the database compares its text, where a parameter could bring a way of its own. */
  readonly collation?: { readonly charset: string; readonly name: string } | undefined;
}

/** A known column under the name that it has in this table. */
export interface TableColumn extends SessionColumn {
  readonly found: ColumnFound;
}

/** What one column holds, or shall hold. */
export interface ColumnValue {
  readonly column: TableColumn;
  readonly value: unknown;
}

/** An access token, sealed with a key whose id has 7 characters. */
const usualSealedLength = 187;
/** Holds refresh tokens, of which no length is published, under keys with long ids. */
const ampleLength = 1024;

export class SessionTable {
  readonly columns: readonly TableColumn[];
  readonly id: ColumnFound;
  readonly #name: string;
  readonly #format: RowFormat;
  readonly #widen: (column: ColumnFound, length: number) => string;

  /**
   * @param widen Writes the statement that makes a column hold `length` characters.
   * @throws OptionInvalidError if the table is not there, or is none of sessions.
   */
  constructor(
    name: string,
    found: readonly ColumnFound[],
    format: RowFormat,
    widen: (column: ColumnFound, length: number) => string = () => '',
  ) {
    this.#name = name;
    this.#format = format;
    this.#widen = widen;
    // PostgreSQL's columns were once in lower case.
    const byName = new Map(found.map((column) => [column.name.toLowerCase(), column]));
    this.columns = sessionColumns.flatMap((column) => {
      const place = byName.get(column.name.toLowerCase());
      return place === undefined ? [] : [{ ...column, found: place }];
    });
    const id = byName.get('id');
    if (id === undefined || !byName.has('shop') || !byName.has('accesstoken')) {
      throw new OptionInvalidError(
        `There is no table "${name}" with the columns id, shop and accessToken. ` +
          'Check the name of the table and of the database.',
      );
    }
    this.id = id;
  }

  /** What the columns hold that may be sealed, and those among `changes`. */
  guarded(current: StoredSession, changes: readonly ColumnValue[]): ColumnValue[] {
    return this.columns
      .filter((column) => column.sealed || changes.some((change) => change.column === column))
      .map((column) => ({ column, value: columnValue(column, current, this.#format) }));
  }

  /**
   * What has to be written so that `next` stands where `current` stood.
   *
   * @throws SessionInvalidError if a value does not fit its column, or the ids differ.
   * @throws OptionInvalidError if there is no column for a value.
   */
  changes(current: StoredSession, next: StoredSession): ColumnValue[] {
    if (current.id !== next.id) {
      throw new SessionInvalidError(
        `Session ${current.id}: only a session of the same id can replace it.`,
        { sessionId: current.id },
      );
    }
    return this.#values(next, (column, value) => {
      return !sameValue(columnValue(column, current, this.#format), value);
    });
  }

  /**
   * What has to be written for a session of which nothing is stored yet.
   *
   * @throws SessionInvalidError if a value does not fit its column.
   * @throws OptionInvalidError if there is no column for a value.
   */
  insertion(next: StoredSession): ColumnValue[] {
    const complete = { ...next, state: next.state ?? '', accessToken: next.accessToken ?? '' };
    return this.#values(complete, (_column, value) => value !== null);
  }

  /** The columns of tokens that a sealed one of so many characters does not fit in. */
  warnings(sealedLength = usualSealedLength): string[] {
    return this.columns.flatMap(({ sealed, userProperty, found }) => {
      const { name, length } = found;
      // What is known of a user is sealed only where the app asks for it.
      const holdsTokens = sealed && userProperty === undefined;
      if (!holdsTokens || length === undefined || length >= sealedLength) return [];
      const finding = `Column ${name} of table ${this.#name} holds ${length} characters, and a sealed token has ${sealedLength} or more.`;
      return [`${finding} Widen it: ${this.#widen(found, ampleLength)}`];
    });
  }

  #values(
    session: StoredSession,
    isWanted: (column: SessionColumn, value: unknown) => boolean,
  ): ColumnValue[] {
    const values: ColumnValue[] = [];
    for (const known of sessionColumns) {
      const value = columnValue(known, session, this.#format);
      if (!isWanted(known, value)) continue;
      const column = this.columns.find(({ name }) => name === known.name);
      if (column !== undefined) {
        this.#assertFits(column, value, session.id);
        values.push({ column, value });
      } else if (!this.#hasColumnFor(known)) {
        throw new OptionInvalidError(
          `Session ${session.id}: table ${this.#name} has no column ${known.name}. ` +
            'Start the app once with the current release of its session storage, which adds it.',
          { sessionId: session.id, field: known.name },
        );
      }
    }
    return values;
  }

  /** The user's id stands in one column or in another, depending on the storage's release. */
  #hasColumnFor({ userProperty }: SessionColumn): boolean {
    return this.columns.some(
      (column) => userProperty !== undefined && column.userProperty === userProperty,
    );
  }

  /** Outside its strict mode MySQL would cut the value, and what is cut of a token is lost. */
  #assertFits({ name, found }: TableColumn, value: unknown, sessionId: string): void {
    if (typeof value !== 'string' || found.length === undefined) return;
    const length = [...value].length;
    if (length <= found.length) return;
    throw new SessionInvalidError(
      `Session ${sessionId}: ${name} needs ${length} characters, and column ${found.name} of table ${this.#name} holds ${found.length}. ` +
        `Widen it: ${this.#widen(found, Math.max(ampleLength, length))}`,
      { sessionId, field: name },
    );
  }
}
