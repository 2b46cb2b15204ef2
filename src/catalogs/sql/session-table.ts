// The table of an official storage: which of the known columns it has, what they hold for a session,
// and what replacing one session by another would change in them.
import {
  type ColumnLimit,
  OptionInvalidError,
  SessionInvalidError,
  ValueTooLongError,
} from '../../errors.js';
import type { CatalogWarning, Misfit } from '../../session-catalog.js';
import { assertNotInJson, hasUserInJson } from '../info-as-json.js';
import { assertSameId, assertSession, type StoredSession } from '../stored-session.js';
import { byPlainName, plainName } from './column-names.js';
import { addedBy, columnsMissing } from './missing-columns.js';
import {
  columnValue,
  complete,
  differingColumns,
  isNothing,
  type Row,
  type RowFormat,
  type SessionColumn,
  sameValue,
  sessionColumns,
  sessionOfColumns,
} from './session-row.js';

/** A column as the database has it. */
export interface ColumnFound {
  readonly name: string;
  /** As it was declared, where that decides how values are written. */
  readonly type?: string;
  /** How much text it holds; undefined: it has no limit, or none is known. */
  readonly length?: number | undefined;
  /** What the length counts. Default: characters. */
  readonly unit?: 'characters' | 'bytes' | undefined;
  /** What its declaration says besides its type, where a statement that widens it has to say so again. */
  readonly declaration?: string;
  /** Whether each update writes the current time to it, unless it says what to write (MySQL). */
  readonly isStamped?: boolean;
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

/** A field that is too long for its column, and what is said of it. */
interface FieldLimit {
  readonly field: string;
  readonly limit: ColumnLimit;
  readonly finding: string;
}

/** How a table is changed so that sessions fit in it. */
export interface TableRemedies {
  /** The statement that makes a column hold `length` characters. */
  widen(column: ColumnFound, length: number): string;
  /** What adds columns, before their names. Default: see `addedBy`. */
  readonly add?: string;
}

/** An access token, sealed with a key whose id has 7 characters. */
const usualSealedLength = 187;
/** Holds refresh tokens, of which no length is published, under keys with long ids. */
export const ampleLength = 1024;

export class SessionTable {
  readonly columns: readonly TableColumn[];
  /** Those that may be sealed. */
  readonly sealed: readonly TableColumn[];
  readonly id: ColumnFound;
  readonly #name: string;
  /** How values are written in the columns. */
  readonly format: RowFormat;
  readonly #remedies: TableRemedies;

  /** @throws OptionInvalidError if the table is not there, or is none of sessions. */
  constructor(
    name: string,
    found: readonly ColumnFound[],
    format: RowFormat,
    remedies: TableRemedies,
  ) {
    this.#name = name;
    this.format = format;
    this.#remedies = remedies;
    const byName = byPlainName(found);
    this.columns = sessionColumns.flatMap((column) => {
      const place = byName.get(plainName(column.name));
      return place === undefined ? [] : [{ ...column, found: place }];
    });
    this.sealed = this.columns.filter((column) => column.sealed);
    const id = byName.get('id');
    if (id === undefined || !byName.has('shop') || !byName.has('accesstoken')) {
      throw new OptionInvalidError(
        `There is no table "${name}" with the columns id, shop and accessToken. ` +
          'Check the name of the table and of the database.',
      );
    }
    this.id = id;
  }

  /** The columns of dates that an update changes unless it says otherwise. */
  get stamped(): ColumnFound[] {
    const stamped = this.columns.filter(({ kind, found }) => kind === 'date' && found.isStamped);
    return stamped.map(({ found }) => found);
  }

  /** The session in a row of this table. */
  sessionOf(row: Row): StoredSession | undefined {
    return sessionOfColumns(this.columns, ({ found }) => row[found.name], this.format);
  }

  /** What the columns hold that may be sealed, and those among `changes`; not what was read from JSON instead. */
  guarded(current: StoredSession, changes: readonly ColumnValue[]): ColumnValue[] {
    assertSession(current);
    const sealed = this.sealed.filter((column) => !column.userProperty || !hasUserInJson(current));
    return this.columns
      .filter((one) => sealed.includes(one) || changes.some(({ column }) => column === one))
      .map((column) => ({ column, value: columnValue(column, current, this.format) }));
  }

  /**
   * What has to be written so that `next` stands where `current` stood.
   *
   * @throws ValueTooLongError if a value does not fit its column.
   * @throws SessionInvalidError if the ids differ, or there is no column for a value.
   */
  changes(current: StoredSession, next: StoredSession): ColumnValue[] {
    assertSameId(current, next);
    const differing = differingColumns(current, next);
    assertNotInJson(current, differing);
    return this.#values(
      complete(next),
      differing,
      (column, value) => !sameValue(columnValue(column, current, this.format), value),
    );
  }

  /** What a column holds for a session; null if nothing. */
  valueOf(column: TableColumn, session: StoredSession): unknown {
    return columnValue(column, session, this.format);
  }

  /**
   * What has to be written for a session of which nothing is stored yet.
   *
   * @throws ValueTooLongError if a value does not fit its column.
   * @throws SessionInvalidError if a value is not one that a column can hold, or there is no column for it.
   */
  insertion(next: StoredSession): ColumnValue[] {
    assertSession(next);
    return this.#values(complete(next), sessionColumns, (_column, value) => value !== null);
  }

  /** The columns of tokens that a sealed one of so many characters does not fit in. */
  warnings(sealedLength = usualSealedLength): CatalogWarning[] {
    return this.columns.flatMap(({ sealed, userProperty, found }) => {
      const { name, length } = found;
      // What is known of a user is sealed only where the app asks for it.
      const holdsTokens = sealed && userProperty === undefined;
      if (!holdsTokens || length === undefined || length >= sealedLength) return [];
      const finding = `Column ${name} of table ${this.#name} holds ${length} ${found.unit ?? 'characters'}, and a sealed token has ${sealedLength} or more.`;
      const message = `${finding} Widen it: ${this.#remedies.widen(found, ampleLength)}`;
      return [{ code: 'COLUMN_TOO_SHORT', message }];
    });
  }

  /** Why a session cannot be stored, if it cannot. */
  misfit(session: StoredSession): Misfit | undefined {
    try {
      this.insertion(session);
      return undefined;
    } catch (error) {
      if (error instanceof ValueTooLongError || error instanceof SessionInvalidError) return error;
      throw error;
    }
  }

  #values(
    session: StoredSession,
    columns: readonly SessionColumn[],
    isWanted: (column: SessionColumn, value: unknown) => boolean,
  ): ColumnValue[] {
    const values: ColumnValue[] = [];
    const missing: string[] = [];
    const limits: FieldLimit[] = [];
    for (const known of columns) {
      const value = columnValue(known, session, this.format);
      if (!isWanted(known, value)) continue;
      const column = this.columns.find(({ name }) => name === known.name);
      if (column !== undefined) {
        const limit = this.#limitOf(column, value);
        if (limit !== undefined) limits.push(limit);
        values.push({ column, value });
      } else if (!isNothing(value) && !this.#hasColumnFor(known)) missing.push(known.name);
    }
    if (limits.length > 0) throw this.#tooLong(session.id, limits);
    if (missing.length > 0) {
      throw columnsMissing(
        session.id,
        this.#name,
        missing,
        this.#remedies.add ?? addedBy(this.format),
      );
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
  #limitOf({ name, found }: TableColumn, value: unknown): FieldLimit | undefined {
    const { length: holds, unit = 'characters' } = found;
    // No text has more characters than UTF-16 units.
    if (typeof value !== 'string' || holds === undefined) return undefined;
    if (unit === 'characters' && value.length <= holds) return undefined;
    const needs = unit === 'bytes' ? new TextEncoder().encode(value).length : [...value].length;
    if (needs <= holds) return undefined;
    const remedy = this.#remedies.widen(found, Math.max(ampleLength, needs));
    return {
      field: name,
      limit: { column: `${this.#name}.${found.name}`, needs, holds, unit, remedy },
      finding:
        `${name} needs ${needs} ${unit}, and column ${found.name} of table ${this.#name} holds ${holds}. ` +
        `Widen it: ${remedy}`,
    };
  }

  #tooLong(sessionId: string, limits: readonly FieldLimit[]): ValueTooLongError {
    return new ValueTooLongError(
      `Session ${sessionId}: ${limits.map(({ finding }) => finding).join(' ')}`,
      { sessionId, field: limits[0]?.field },
      limits.map(({ limit }) => limit),
    );
  }
}
