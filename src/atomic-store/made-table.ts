// The table of an SQL store. It is made at the first write: what only reads makes nothing.

import { memberOf } from '../foreign-object.js';
import { codeOf } from '../safe-cause.js';
import type { CatalogWarning } from '../session-catalog.js';
import { Limiter } from '../store-access/limiter.js';

/** PostgreSQL, MySQL; SQLite has no code of its own for it. */
const missingTableCodes = ['42P01', 'ER_NO_SUCH_TABLE'];
/** There already: PostgreSQL says so in four ways when several make it at once. */
const madeByAnotherCodes = ['42P07', '42P06', '42710', '23505', 'ER_TABLE_EXISTS_ERROR'];

export class MadeTable {
  readonly #description: string;
  readonly #make: (signal: AbortSignal) => Promise<unknown>;
  readonly #oneByOne = new Limiter(1);
  #timesMade = 0;

  /**
   * @param description What it is called in messages, such as `table "app.sessions" in the database`.
   * @param make Makes the table, unless it is there.
   */
  constructor(description: string, make: (signal: AbortSignal) => Promise<unknown>) {
    this.#description = description;
    this.#make = make;
  }

  /** Runs a statement that reads: where there is no table, there is nothing in it. */
  async read<T>(operation: () => Promise<T>, nothing: T): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (isMissingTable(error)) return nothing;
      throw error;
    }
  }

  /** Runs a statement that writes, after making the table if there is none. */
  async write<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      await this.#ensure(signal);
      return operation();
    }
  }

  /** What an operator should know, going by a statement that reads. */
  async findings(operation: () => Promise<unknown>): Promise<CatalogWarning[]> {
    try {
      await operation();
      return [];
    } catch (error) {
      if (!isMissingTable(error)) throw error;
      const message = `There is no ${this.#description}. It is made when the first session is stored.`;
      return [{ code: 'NO_TABLE', message }];
    }
  }

  /** Of callers that need the table at the same time, one makes it. If it fails, the next one tries. */
  #ensure(signal: AbortSignal): Promise<void> {
    const timesMade = this.#timesMade;
    return this.#oneByOne.run(async () => {
      if (this.#timesMade !== timesMade) return;
      try {
        await this.#make(signal);
      } catch (error) {
        if (!isMadeByAnother(error)) throw error;
      }
      this.#timesMade++;
    }, signal);
  }
}

/** Whether what was to be made is there by now: another process was faster. */
export function isMadeByAnother(error: unknown): boolean {
  return madeByAnotherCodes.includes(codeOf(error) ?? '');
}

/** Whether a statement failed because its table does not exist. */
export function isMissingTable(error: unknown): boolean {
  if (missingTableCodes.includes(codeOf(error) ?? '')) return true;
  return /^(SQLITE_ERROR: )?no such table: /.test(String(memberOf(error, 'message')));
}
