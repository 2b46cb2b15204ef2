// How statements reach an SQL database.

/** A row of any statement. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** Runs statements, each on any connection. */
export interface SqlRunner {
  /**
   * Runs one statement, and answers its rows.
   *
   * @throws NotSentError if `signal` is aborted before the statement is sent.
   */
  query(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly SqlRow[]>;
  close?(): Promise<void>;
}
