// One public call that writes to a table of sessions.
import { SessionEncryptionError, ValueTooLongError } from '../../errors.js';
import type { Send, StoreAccess } from '../../store-access/index.js';
import { refusedValue } from './refused-values.js';
import { ampleLength } from './session-table.js';

export interface WrittenTable {
  readonly calls: StoreAccess;
  /** As messages name it. */
  readonly table: string;
  /** Whether an error says that a value is too long for its column. */
  isTooLong(error: unknown): boolean;
}

/**
 * @param sessionId Of one session; undefined: of several, where `write` leaves out those that are refused.
 * @param write Passes each statement to `send`.
 */
export function writeToTable<T>(
  { calls, table, isTooLong }: WrittenTable,
  sessionId: string | undefined,
  write: (send: Send) => Promise<T>,
): Promise<T> {
  return calls.call({ sessionId, writes: true }, async (call) => {
    try {
      return await write(call.send);
    } catch (error) {
      const isUnderstood = error instanceof SessionEncryptionError;
      if (sessionId === undefined || call.mayHaveTakenEffect || isUnderstood) throw error;
      if (!isTooLong(error)) throw refusedValue(error, sessionId, table) ?? error;
      // Only the database found it too long, and does not say for which column.
      throw new ValueTooLongError(
        `Session ${sessionId}: a value is too long for its column of ${table}. ` +
          `Give the columns of tokens room for ${ampleLength} characters.`,
        { sessionId },
      );
    }
  });
}
