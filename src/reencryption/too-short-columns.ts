// The columns that are too short for what they are to hold, over a whole run.
import type { ColumnLimit, ValueTooLongError } from '../errors.js';

/** A column that is too short, for how many sessions, and what makes room. */
export interface TooShortColumn extends ColumnLimit {
  /** Sessions with a value that does not fit; `needs` is what the longest needs. */
  readonly sessions: number;
}

export class TooShortColumns {
  readonly #byColumn = new Map<string, TooShortColumn>();

  count({ limits }: ValueTooLongError): void {
    for (const limit of limits) {
      const known = this.#byColumn.get(limit.column);
      const longest = known !== undefined && known.needs >= limit.needs ? known : limit;
      this.#byColumn.set(limit.column, { ...longest, sessions: (known?.sessions ?? 0) + 1 });
    }
  }

  toList(): TooShortColumn[] {
    return [...this.#byColumn.values()];
  }
}
