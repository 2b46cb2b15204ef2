// What a kind of database has to do for the catalog of every SQL storage.
import type { CatalogWarning } from '../../session-catalog.js';
import type { Send } from '../../store-access/index.js';
import type { RowBatch } from './row-batch.js';
import type { RowFormat, Rows, StatementRunner } from './session-row.js';
import type { ColumnFound, TableColumn } from './session-table.js';
import type { WrittenTable } from './write-to-table.js';

/** New rows of a table. */
export interface Insertion {
  /** The table and its columns, as they are written in SQL. */
  readonly into: string;
  /** The parameters of each row, in brackets. */
  readonly rows: string;
  readonly values: readonly unknown[];
  /** The column of ids, as it is written in SQL. */
  readonly id: string;
}

/** What one kind of database does its own way. */
export interface SqlDatabase extends WrittenTable, StatementRunner {
  /** As it is written in SQL. */
  readonly quotedTable: string;
  /** How values are written in these columns. */
  format(columns: readonly ColumnFound[]): RowFormat;
  quote(identifier: string): string;
  /** The parameter at `position`, from 1. */
  parameter(position: number): string;
  /** `parameter`, so that it compares with `column` in the way in which that is sorted. */
  collated(parameter: string, column: ColumnFound): string;
  /**
   * A date as text that means the same whatever the client and the settings of the connection are;
   * undefined where the column holds text or a number.
   */
  dateAsText(column: ColumnFound): string | undefined;
  /** True if a column equals the parameter byte for byte, or if both are NULL. */
  equals(column: string, parameter: string, kind: TableColumn['kind']): string;
  columns(rows: Rows): Promise<ColumnFound[]>;
  /**
   * Stores rows in one statement: if it fails, none of them is stored.
   *
   * @param onTaken What becomes of a row that holds a value which another one has, and which must be unique.
   * @returns As many as were stored: their ids, where the database says so.
   * @throws The driver's error, also for `skip`, if the database cannot pass over rows (`canSkip`).
   */
  insert(insertion: Insertion, onTaken: 'skip' | 'fail', signal: AbortSignal): Promise<unknown[]>;
  /** Whether rows whose ids are taken can be passed over without an error. */
  readonly canSkip: boolean;
  /** How many of so many rows are stored in one statement; 0 where one that fails may leave some of them stored. */
  rowsAtOnce(count: number, rows: Rows): Promise<number>;
  /** Replaces the rows that are as they were read, and answers their ids. */
  replaceRows(batch: RowBatch, send: Send): Promise<string[]>;
  /** The statement that makes a column hold `length` characters. */
  widen(column: ColumnFound, length: number): string;
  /** About how many rows the table has; 0 if that is not known. */
  estimate(rows: Rows): Promise<number>;
  /** Findings about the database itself. */
  findings(rows: Rows): Promise<CatalogWarning[]>;
  end(): Promise<void>;
}
