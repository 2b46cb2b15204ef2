// Waits for a database no longer than its deadline: a driver may wait for an answer without an end.
import { inTime } from '../pause.js';

/** The database did not answer in time. */
export class LateError extends Error {}

/** @throws {LateError} There was no answer within `deadline` milliseconds. */
export function within<T>(deadline: number, answer: Promise<T>): Promise<T> {
  return inTime(answer, deadline, () => new LateError(`It did not answer within ${deadline} ms.`));
}
