// Tells errors about one session from failures of the store.
import {
  RecordUnreadableError,
  type SessionEncryptionError,
  SessionInvalidError,
  SessionMismatchError,
  ValueTooLongError,
} from '../errors.js';

/** Whether an error of a catalog says that one session is not as it should be, and no more. */
export function isAboutOneSession(error: unknown): error is SessionEncryptionError {
  return (
    error instanceof RecordUnreadableError ||
    error instanceof SessionMismatchError ||
    error instanceof SessionInvalidError ||
    error instanceof ValueTooLongError
  );
}
