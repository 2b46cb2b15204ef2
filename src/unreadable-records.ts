// What is done about records that are not sessions while all are gone through: they are counted, and
// reported when every session was handed out.
import { RecordUnreadableError } from './errors.js';

export class UnreadableRecords {
  #count = 0;

  add(): void {
    this.#count++;
  }

  /**
   * To be called at the end.
   *
   * @throws RecordUnreadableError if there were any.
   */
  report(): void {
    if (this.#count === 0) return;
    throw new RecordUnreadableError(
      `Records in the store that this version cannot read as sessions: ${this.#count}. They were left as they are.`,
      {},
      this.#count,
    );
  }
}

/** The error for a record that was looked for by its id, and is not a session. */
export function unreadableRecord(sessionId: string): RecordUnreadableError {
  return new RecordUnreadableError(
    `Session ${sessionId}: this version cannot read its record in the store as a session. It was left as it is.`,
    { sessionId },
  );
}
