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
 * @param sessionId Of one session; undefined: of several.
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
      if (call.mayHaveTakenEffect || error instanceof SessionEncryptionError) throw error;
      if (!isTooLong(error)) {
        throw (sessionId !== undefined && refusedValue(error, sessionId, table)) || error;
      }
      // Only the database found it too long, and does not say for which column.
      const about = sessionId === undefined ? 'Sessions' : `Session ${sessionId}`;
      throw new ValueTooLongError(
        `${about}: a value is too long for its column of ${table}. ` +
          `Give the columns of tokens room for ${ampleLength} characters.`,
        { sessionId },
      );
    }
  });
}
